"""Definitions as callers need them: what they are told beside the contract is how to get in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.portal.doorway import Doorway


class CallersDefinitions(Protocol):
    """Makes what callers are given out of an API's own definition, Swagger 2.0 or OpenAPI 3."""

    def published(self, content: bytes, doorway: Doorway) -> bytes:
        """The definition as JSON, so that any tool can call the API by it.

        It names servers and security schemes, and per operation which of them open it, with its scopes. Nothing of what is
        behind the gateway is left in it.
        """
        ...

    def collection(self, content: bytes, doorway: Doorway) -> bytes:
        """A Postman collection (format 2.1) with a request for each operation."""
        ...
