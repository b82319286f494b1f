"""An order as one function sends it to the other, and where its archive lies in the bucket.

A definition may be larger than what a function can be sent (6 MB), so it is packed.
"""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING, Any

from gatehouse.domain.portal.sdk import SdkOrder

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "sdks"
GENERATOR = "7.26.0"
"""The generator's version: an SDK of another one is another SDK."""


def place_of(order: SdkOrder) -> str:
    """The name of the archive's object."""
    return f"{PREFIX}/{order.tenant}/{GENERATOR}/{order.digest}.zip"


def encode_order(order: SdkOrder) -> dict[str, str]:
    """The order as JSON."""
    packed = gzip.compress(order.definition, mtime=0)
    return {
        "tenant": order.tenant,
        "language": order.language,
        "name": order.name,
        "version": order.version,
        "definition": base64.b64encode(packed).decode(),
    }


def decode_order(document: Mapping[str, Any]) -> SdkOrder:
    """The order that `encode_order` wrote down."""
    definition = gzip.decompress(base64.b64decode(document["definition"]))
    return SdkOrder(**{**document, "definition": definition})
