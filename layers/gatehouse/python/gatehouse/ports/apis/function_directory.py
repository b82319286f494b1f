"""The AWS Lambda functions that credentials can see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.publishing.deployed import EndpointSecurity


class FunctionDirectory(Protocol):
    """Lists functions."""

    def arns(self, access: EndpointSecurity | None, assumed_role: str) -> list[str]:
        """Their ARNs, sorted; at most `FUNCTIONS_MAX` of the adapter's.

        `access` None, or without a key, is our own role; `assumed_role` is assumed first, "" for none. Raises
        FunctionsUnlisted with what AWS says, Unavailable.
        """
        ...
