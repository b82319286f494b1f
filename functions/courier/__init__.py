"""The courier: it tells people and other systems what waits for an approval, and what was decided."""
