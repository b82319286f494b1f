"""What the planes need from the world for `domain.apis`."""
