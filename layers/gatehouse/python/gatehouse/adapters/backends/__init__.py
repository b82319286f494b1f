"""Backends over HTTP/1.1, on the standard library, because the call path has a budget that a general client exceeds.

`client` tells how a request is sent; `functions` invokes AWS Lambda functions and is imported by who needs it.
"""

from __future__ import annotations

from gatehouse.adapters.backends.client import HttpBackends

__all__ = ["HttpBackends"]
