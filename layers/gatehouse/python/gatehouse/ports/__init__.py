"""What the planes need from the world, as Protocols: one module per concern, none of them knows a vendor."""
