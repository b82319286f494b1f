"""External stores: putting APIs into other API managers' developer portals, and taking them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.publishing.external_store import Advertised, ExternalStore


class StoreFronts(Protocol):
    """Speaks to other stores. What they keep of an API that is not the one advertised is never touched.

    Nothing is asked that could be answered only after `seconds`. Each raises ExternalStoreRefused when nothing has changed
    there, ExternalStoreFailed when that is not known; the description says what is wrong, without the store's password.
    """

    def put(self, store: ExternalStore, advertised: Advertised, archive: bytes, *, seconds: float) -> None:
        """Have the API there as the archive has it, which holds one API. May be repeated."""
        ...

    def take_back(self, store: ExternalStore, advertised: Advertised, *, seconds: float) -> None:
        """Have the API there no more. May be repeated."""
        ...
