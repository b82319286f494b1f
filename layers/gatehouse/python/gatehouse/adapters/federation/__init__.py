"""The protocols by which identity providers vouch for users. Each is loaded by the first user who comes by it."""
