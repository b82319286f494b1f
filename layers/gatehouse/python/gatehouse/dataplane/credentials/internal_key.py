"""Internal keys: for trying an API out before anybody is subscribed to it. The publisher makes them for one API and an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.refusal import INVALID_CREDENTIALS
from gatehouse.dataplane.evidence import Identity, Scheme
from gatehouse.domain.applications.api_key import digest_of, is_shaped_like_a_key
from gatehouse.domain.applications.grant import KeyType

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Target
    from gatehouse.dataplane.knowledge.catalogue import Catalogue

HEADER = "internal-key"


class InternalKeys:
    """Looks keys up by their digest. Every operation of the API is open to them, whatever its life-cycle state."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def presented(self, call: Call, _target: Target) -> str:
        """The key in the header."""
        return call.headers.get(HEADER, "").strip()

    def identify(self, presented: str, call: Call, target: Target) -> Identity | Refusal:
        """Whoever has made the key, if it is this API's and in time. It reaches the endpoint that there is."""
        deployed = target.api.deployed
        digest = digest_of(presented) if is_shaped_like_a_key(presented) else ""
        grant = self._catalogue.internal_key(deployed.tenant, deployed.id, digest) if digest else None
        # The catalogue remembers for longer than a key may last.
        if grant is None or grant.expires_at <= call.received_at:
            return INVALID_CREDENTIALS.for_target(target)
        return Identity(
            scheme=Scheme.INTERNAL_KEY,
            subject=grant.owner,
            username=grant.owner,
            key_type=KeyType.PRODUCTION if target.behind.production is not None else KeyType.SANDBOX,
            credential_id=digest[:16],
        )
