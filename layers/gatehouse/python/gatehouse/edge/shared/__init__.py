"""What several interfaces have alike, on the wire."""
