"""The key manager: registers clients and issues, refreshes and revokes their tokens. A module per piece of the standards."""
