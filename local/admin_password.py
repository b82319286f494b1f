"""`python -m local.admin_password STAGE` gives the first administrator of a deployed stage a new password.

It touches the secret and that one user, nothing else. The identity function does the work; who may invoke it and write
the secret may do this. STAGE `local` is the stack that runs on this machine.
"""

from __future__ import annotations

import json
import secrets
import string
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from local.ports import Ports, offset_from_environment
from local.stack import ACCOUNT, REGION, STAGE
from local.trouble import Trouble

PASSWORD_LENGTH = 32
ACTION = "reset-first-admin"


def reset(stage: str, client: Any) -> tuple[str, str]:
    """The administrator's name and new password. `client` makes a client of an AWS service. Raises Trouble."""
    try:
        stacks = client("cloudformation").describe_stacks(StackName=f"Gatehouse-{stage}-Service")["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stacks[0]["Outputs"]}
        secret, keeper = outputs["FirstAdminSecret"], client("secretsmanager")
        name = json.loads(keeper.get_secret_value(SecretId=secret)["SecretString"])["username"]
        password = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))
        keeper.put_secret_value(SecretId=secret, SecretString=json.dumps({"username": name, "password": password}))
        answer = client("lambda").invoke(
            FunctionName=outputs["IdentityFunction"], Payload=json.dumps({"action": ACTION}).encode()
        )
    except (BotoCoreError, ClientError) as error:
        raise Trouble(f"The password of stage {stage} was not reset: {error}") from error
    if "FunctionError" in answer:
        raise Trouble(f"The function could not reset the password: {answer['Payload'].read().decode()}")
    return name, password


def client_of(stage: str, ports: Ports) -> Any:
    """What makes clients of AWS: of this machine's stack for `local`, else by your credentials."""
    session = Session()
    if stage != STAGE:
        return session.create_client
    own = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "local", "region_name": REGION}
    return lambda service: session.create_client(service, endpoint_url=ports.emulator_url, **own)


def main(stage: str) -> None:
    """Reset and say so."""
    name, password = reset(stage, client_of(stage, Ports.shifted(offset_from_environment())))
    print(f"The password of '{name}' in stage {stage} is now:\n\n    {password}\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Trouble as trouble:
        sys.exit(str(trouble))
