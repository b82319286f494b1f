"""Gatehouse: an API manager made of serverless parts. docs/architecture.md is the map of this package."""
