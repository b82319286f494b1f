"""The routes below `/throttling` of the admin interface, one module per noun."""
