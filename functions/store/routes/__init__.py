"""The routes of the store interface, one module per tag."""
