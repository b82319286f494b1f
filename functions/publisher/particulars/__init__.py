"""Routes of what hangs on APIs and products, and of what a tenant's providers share."""
