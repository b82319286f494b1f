"""What hangs on APIs and products, and what they have in common: documents, labels, shared scopes, endpoints."""
