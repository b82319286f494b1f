"""A world per concern: its interface behind a real surface, over tables in memory."""
