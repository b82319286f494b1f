"""Mediation: what happens to a message between the caller and the backend, as policies attached to an API or an operation.

A policy is a specification and a function, in one file below `policies/`; adding the file adds the policy. The control
plane reads the specifications, the call path runs the functions, and loads only those that are attached somewhere.
"""
