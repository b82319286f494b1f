"""The key manager's routes, a module per interface."""
