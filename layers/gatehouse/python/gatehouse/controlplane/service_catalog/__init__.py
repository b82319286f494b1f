"""The service catalog: backends with their definitions, for APIs to be made of."""
