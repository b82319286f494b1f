"""What a provider publishes of itself, read over the guarded client. Redirects are not followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.adapters.registrars.egress import Egress
from gatehouse.domain.applications.registration import RegistrationFailed
from gatehouse.domain.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping


class HttpMetadata:
    """Implements `ports.applications.registrars.ProviderMetadata`. `internal_allowed` is for the local stack."""

    def __init__(self, *, internal_allowed: bool) -> None:
        self._egress = Egress(internal_allowed=internal_allowed)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._egress.close()

    def at(self, url: str) -> Mapping[str, Any]:
        """The document there. Raises Invalid (`url`) with the reason."""
        try:
            answered = self._egress.send("the address", "GET", url, {})
        except RegistrationFailed as error:
            raise Invalid.field("url", error.description) from error
        except Unavailable as error:
            raise Invalid.field("url", "does not answer") from error
        if not answered.succeeded:
            raise Invalid.field("url", f"answers {answered.status}; the metadata must stand there, without redirects")
        if not answered.document:
            raise Invalid.field("url", "does not answer a JSON object")
        return answered.document
