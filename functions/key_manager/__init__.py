"""The key manager: the OAuth endpoints, client registration, and the store's questions about clients and tokens."""
