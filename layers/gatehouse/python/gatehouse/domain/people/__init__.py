"""Who there is: users, roles, tenants, and where they stand."""
