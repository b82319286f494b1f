"""What developers meet: who sees which API, and what stands beside it."""
