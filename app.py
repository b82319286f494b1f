"""The CDK app: what must survive (`State`) and what may be thrown away and made again (`Service`).

Context: `-c stage=prod`; infra/stage.py lists the rest.
"""

import aws_cdk as cdk

from infra.assembly import assemble

app = cdk.App()
assemble(app)
app.synth()
