"""The assembly: both stacks of one stage, tagged, and reviewed by cdk-nag at every synth.

A finding of cdk-nag that no construct accepts with a reason fails the synth (`constructs/review.py`).
"""

from __future__ import annotations

import aws_cdk as cdk
import cdk_nag

from infra.stacks.service import Service
from infra.stacks.state import State
from infra.stage import Stage


def assemble(app: cdk.App) -> None:
    """Put the stacks of the stage that the context names into this app."""
    stage = Stage.from_context(app.node)
    state = State(app, f"Gatehouse-{stage.name}-State", stage=stage)
    service = Service(app, f"Gatehouse-{stage.name}-Service", stage=stage, state=state)
    service.add_stack_dependency(state)
    cdk.Tags.of(app).add("project", "gatehouse")
    cdk.Tags.of(app).add("stage", stage.name)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
