"""The CDK app: what must survive (`State`) and what may be thrown away and made again (`Service`).

Context: `-c stage=prod`; infra/stage.py lists the rest.
"""

import aws_cdk as cdk
import cdk_nag

from infra.stacks.service import Service
from infra.stacks.state import State
from infra.stage import Stage

app = cdk.App()
stage = Stage.from_context(app.node)
state = State(app, f"Gatehouse-{stage.name}-State", stage=stage)
service = Service(app, f"Gatehouse-{stage.name}-Service", stage=stage, state=state)
service.add_stack_dependency(state)

cdk.Tags.of(app).add("project", "gatehouse")
cdk.Tags.of(app).add("stage", stage.name)
cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
app.synth()
