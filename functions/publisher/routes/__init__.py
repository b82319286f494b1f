"""The routes of the publisher interface, one module per tag."""
