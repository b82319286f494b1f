"""The targets: what leases must reach, each beside the scenarios that show it."""
from __future__ import annotations
TARGETS = []
Results = dict
