"""Users, roles and tenants: who there is, and what they may do."""
