"""Admin: what the administrator of a tenant decides, but for what is throttled; and, for devops, what is logged of calls."""
