"""The SDK generator's composition root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.sdk_generator.orders import Orders
from gatehouse.adapters.aws import client
from gatehouse.adapters.sdks.generator import OpenApiGenerator
from gatehouse.settings import SdkGeneratorSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_SECONDS = 1.0
WRITE_SECONDS = 10.0
ATTEMPTS = 3

_settings = SdkGeneratorSettings.from_environment(os.environ)
_s3 = client("s3", connect_seconds=CONNECT_SECONDS, read_seconds=WRITE_SECONDS, attempts=ATTEMPTS)


def _keep(place: str, archive: bytes) -> None:
    _s3.put_object(Bucket=_settings.content_bucket, Key=place, Body=archive, ContentType="application/zip")


_orders = Orders(OpenApiGenerator.installed().generate, _keep)


def handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """Carry out one order."""
    return _orders(event)
