"""Two stacks: what must survive, and what may be thrown away."""
