"""Governance: rules that the APIs of an organization follow, and who follows them."""
