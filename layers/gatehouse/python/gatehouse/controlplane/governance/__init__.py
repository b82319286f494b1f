"""Governance: rulesets, the policies that they are part of, what those forbid, and who keeps them."""
