"""The interfaces of WSO2's identity server for people themselves: signing up, and a forgotten password."""
