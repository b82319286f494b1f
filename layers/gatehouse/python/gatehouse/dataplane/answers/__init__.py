"""What goes back to callers other than from the backend, and what is done to all of it."""
