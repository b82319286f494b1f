"""The service catalog function: backends that APIs can be made of."""
