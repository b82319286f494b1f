"""Binding a key to its application, which may change in the very moment."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.domain.applications.application import ApplicationKey
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.applications.applications import ApplicationKeys
    from gatehouse.ports.publishing.workflows import Along

ATTEMPTS = 3
"""How often something is written again that another request was faster with."""


def bind(
    applications: OwnApplications,
    keys: ApplicationKeys,
    principal: Principal,
    key: ApplicationKey,
    along: Sequence[Along] = (),
) -> ApplicationKey:
    """The key as it is kept, with the grant of the application as it is now, though it may have changed since we looked.

    A key that was read before, without a client, is completed. Raises ApplicationNotFound, ApplicationInactive, KeyExists,
    KeyMapped, Changed.
    """
    write = keys.complete if key.version else keys.add
    for _ in range(ATTEMPTS - 1):
        with suppress(Changed):
            return write(key, applications.active(principal, key.application_id), along=along)
    return write(key, applications.active(principal, key.application_id), along=along)
