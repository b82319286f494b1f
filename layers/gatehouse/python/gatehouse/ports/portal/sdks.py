"""Who makes SDKs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.portal.sdk import Sdk, SdkOrder


class Sdks(Protocol):
    """A shelf of SDKs that makes what is not on it."""

    def get(self, order: SdkOrder) -> Sdk:
        """The SDK that is ordered, made now unless one like it was made before.

        Raises SdkNotGenerated, SdkPending (ask again), Unavailable.
        """
        ...
