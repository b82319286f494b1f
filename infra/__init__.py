"""The stacks. They know the settings of the functions and nothing else of the product."""
