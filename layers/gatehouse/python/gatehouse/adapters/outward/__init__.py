"""What goes out to others: to addresses that tenants name, and by mail."""
