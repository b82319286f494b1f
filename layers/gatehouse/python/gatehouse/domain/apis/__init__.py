"""An API as it is designed: its document, its definition of whatever kind, and what it is made of."""
