"""Makes client SDKs. It has a layer of its own: a program in Java, and what runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import SdkGeneratorSettings
from infra.constructs.concern import Concern
from infra.constructs.layers import OPENAPI_GENERATOR, third_party

if TYPE_CHECKING:
    from infra.concerns.house import House

SDKS = "sdks/*"
SDKS_REASON = "SDKs are named by what they are made of"
MEMORY_MEGABYTES = 2048
"""Lambda gives processors by memory, a whole one from 1769 MB; a virtual machine starts in it and takes up to half."""

TIMEOUT_SECONDS = 120
"""Nobody waits for it that long: who ordered an SDK asks again, and finds it."""


def sdk_generator(house: House) -> Concern:
    """The function. The other functions' dependencies and a Java runtime are more together than Lambda takes."""
    generator = Concern(
        house.scope,
        "sdk_generator",
        stage=house.stage,
        settings=SdkGeneratorSettings(stage=house.stage.name, content_bucket=house.state.content.bucket_name),
        layers=[house.layers[0], third_party(house.scope, OPENAPI_GENERATOR, house.stage)],
        memory_megabytes=MEMORY_MEGABYTES,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    house.may_use(SDKS, generator, "s3:PutObject", reason=SDKS_REASON)
    return generator
