"""The courier: it tells people what waits for an approval, and what was decided."""
