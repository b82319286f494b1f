"""Nouns, rules and failures of API management; the standard library only."""
