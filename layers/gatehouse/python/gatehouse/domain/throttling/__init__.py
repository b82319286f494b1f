"""Limits: policies, what they are for, and how calls are counted."""
