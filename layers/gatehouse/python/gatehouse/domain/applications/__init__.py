"""Programs of developers: applications, their keys and what admits their calls."""
