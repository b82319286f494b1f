"""The policies, one file each: `SPECIFICATION`, and `apply(message, parameters, situation) -> Stop | None`."""
