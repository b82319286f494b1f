"""Workflows: what must wait for an approval, and what becomes of it when somebody has decided."""
