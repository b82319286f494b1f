"""HTTP in and out for the management functions. The gateway does not use it: its import budget is too small."""
