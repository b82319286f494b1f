"""Admin: what the administrator of a tenant decides, so far its throttling policies and key managers."""
