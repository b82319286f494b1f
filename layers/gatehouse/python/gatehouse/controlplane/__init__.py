"""The control plane: the life of an API and of all that surrounds it, one module (or package) per concern."""
