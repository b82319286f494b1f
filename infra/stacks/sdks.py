"""The function that makes client SDKs. It has a layer of its own: a program in Java, and what runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import SdkGeneratorSettings
from infra.constructs.concern import Concern
from infra.constructs.layers import OPENAPI_GENERATOR, third_party

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from infra.stacks.state import State
    from infra.stage import Stage

SDKS = "sdks/*"
MEMORY_MEGABYTES = 2048
"""Lambda gives processors by memory, a whole one from 1769 MB; a virtual machine starts in it and takes up to half."""

TIMEOUT_SECONDS = 120
"""Nobody waits for it that long: who ordered an SDK asks again, and finds it."""


def sdk_generator(scope: Construct, stage: Stage, state: State, shared_code: lambda_.ILayerVersion) -> Concern:
    """The function. The other functions' dependencies and a Java runtime are more together than Lambda takes."""
    return Concern(
        scope,
        "sdk_generator",
        stage=stage,
        settings=SdkGeneratorSettings(stage=stage.name, content_bucket=state.content.bucket_name),
        layers=[shared_code, third_party(scope, OPENAPI_GENERATOR, stage)],
        memory_megabytes=MEMORY_MEGABYTES,
        timeout_seconds=TIMEOUT_SECONDS,
    )
