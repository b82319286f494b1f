"""AWS Lambda functions, listed through Lambda's own interface (`ListFunctions`, fifty at a time)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.adapters.backends.functions import SESSION_NAME, create_client
from gatehouse.domain.apis.function import FunctionsUnlisted
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.adapters.backends.functions import CreateClient
    from gatehouse.domain.publishing.deployed import EndpointSecurity

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
FUNCTIONS_MAX = 1_000
"""Twenty pages: what a form can show, read well before the function's 29 s."""

PATH = "endpointConfig"
_SERVER_ERROR = 500


class LambdaDirectory:
    """Implements `ports.apis.function_directory.FunctionDirectory`. `create` makes botocore clients."""

    def __init__(self, create: CreateClient = create_client) -> None:
        self._create = create

    def arns(self, access: EndpointSecurity | None, assumed_role: str) -> list[str]:
        """Their ARNs, sorted. Raises FunctionsUnlisted, Unavailable."""
        region = access.region if access else ""
        own = ReadOnlyCredentials(access.access_key, access.secret_key, None) if access and access.access_key else None
        try:
            credentials = self._assumed(assumed_role, own, region) if assumed_role else own
            client = self._create("lambda", region, credentials, CONNECT_SECONDS, READ_SECONDS)
            return sorted(_listed(client))
        except ClientError as error:
            raise _refusal(error) from error
        except BotoCoreError as error:
            raise Unavailable("AWS Lambda does not answer.", cause=type(error).__name__) from error

    def _assumed(self, role: str, own: ReadOnlyCredentials | None, region: str) -> ReadOnlyCredentials:
        client = self._create("sts", region, own, CONNECT_SECONDS, READ_SECONDS)
        given = client.assume_role(RoleArn=role, RoleSessionName=SESSION_NAME)["Credentials"]
        return ReadOnlyCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def _listed(client: Any) -> Iterator[str]:
    more: dict[str, str] = {}
    for _ in range(FUNCTIONS_MAX // 50):
        page = client.list_functions(MaxItems=50, **more)
        yield from (str(one["FunctionArn"]) for one in page.get("Functions", ()))
        if not page.get("NextMarker"):
            return
        more = {"Marker": page["NextMarker"]}


def _refusal(error: ClientError) -> FunctionsUnlisted | Unavailable:
    """The code alone: the texts of AWS name accounts and principals."""
    code = str(error.response.get("Error", {}).get("Code", "ClientError"))
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER_ERROR:
        return Unavailable("AWS Lambda failed.", cause=code)
    doing = "assume the role" if error.operation_name == "AssumeRole" else "list functions"
    problem = f"AWS does not let its credentials {doing}: {code}"
    refused = FunctionsUnlisted.field(PATH, problem)
    return FunctionsUnlisted(refused.description, fields=refused.fields)
