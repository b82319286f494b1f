"""Gateway environments: as administrators keep them, as everybody else sees them, and what an API is like in each."""
