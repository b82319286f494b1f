"""Amending: a property of an API that has an interface of its own is changed, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import display_username

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendments:
    """Keeps APIs and products that callers have read before."""

    apis: Apis
    clock: Clock

    def keep(self, principal: Principal, api: Api, **properties: object) -> Api:
        """The API with these properties of its document. They must be none that its definition or its scopes follow.

        Raises Changed.
        """
        changed = replace(
            api,
            document={**api.document, **properties},
            updated_at=int(self.clock.now() * 1000),
            updated_by=display_username(principal.tenant, principal.user),
        )
        return self.apis.save(changed, [])
