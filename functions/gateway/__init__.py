"""The gateway function: every API call comes in here."""
