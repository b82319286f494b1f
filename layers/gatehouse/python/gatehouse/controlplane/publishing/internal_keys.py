"""Internal keys open one API for a while to whoever works on it: deployed is enough, nobody need be subscribed or published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.domain.applications.api_key import digest_of, new_secret
from gatehouse.domain.applications.grant import InternalKeyGrant
from gatehouse.domain.artifact import Artifact, internal_key_key
from gatehouse.domain.people.identity import qualified

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalKey:
    """What is shown once. Kept is a digest."""

    secret: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalKeys:
    """Makes keys that last `seconds`. There is no list of them and nothing to revoke: they end by themselves."""

    apis: ApiLookup
    publication: Publication
    clock: Clock
    seconds: int

    def generate(self, principal: Principal, api_id: str) -> InternalKey:
        """A new key for this API. Raises ApiNotFound."""
        api = access.find_either(self.apis, principal, api_id)
        secret = new_secret()
        expires_at = int(self.clock.now()) + self.seconds
        grant = InternalKeyGrant(owner=qualified(principal.tenant, principal.user), expires_at=expires_at)
        key = internal_key_key(api.tenant, api.id, digest_of(secret))
        self.publication.publish([Artifact(key, grant.to_body(), expires_at)])
        return InternalKey(secret=secret, seconds=self.seconds)
