"""Compiling a revision into what the gateway reads."""
