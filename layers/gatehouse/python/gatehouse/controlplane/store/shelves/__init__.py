"""Shelves of the store: what stands beside APIs for those who look at them."""
