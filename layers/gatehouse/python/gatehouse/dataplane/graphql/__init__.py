"""GraphQL: calls to one path, for operations that stand in their queries."""
