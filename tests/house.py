"""A running stack and what its people do with it: design, publish, subscribe, call. A client of the interfaces only."""

from __future__ import annotations

import ssl
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from botocore.session import Session

from local.stack import ACCOUNT, ADMIN, REGION
from tests.secrets_issued import IssuedSecrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from local.ports import Ports

PUBLISHER = "/api/am/publisher/v4"
DEVPORTAL = "/api/am/devportal/v3"
ADMINISTRATION = "/api/am/admin/v4"
SCOPES = "apim:api_view apim:api_create apim:api_publish apim:api_manage apim:subscribe apim:app_manage apim:sub_manage"
MAX_STALENESS_SECONDS = 5.0
"""As `infra/stage.py` has it by default."""

TIMEOUT_SECONDS = 120
"""The emulator unpacks the layers of every environment that it starts, which takes seconds of this machine's processors."""
CLIENTS = 16


def unique(prefix: str) -> str:
    return f"{prefix}{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """An application's consumer key and secret."""

    key: str
    secret: str


class House:
    """`management` and `gateway` send one request each; the rest are sequences of them that must succeed."""

    def __init__(self, ports: Ports, ca: Path) -> None:
        self.ports = ports
        limits = httpx.Limits(max_connections=4 * CLIENTS, max_keepalive_connections=4 * CLIENTS)
        self.trusted = ssl.create_default_context(cafile=ca)
        self._client = httpx.Client(verify=self.trusted, timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False)
        self.secrets = IssuedSecrets()

    def close(self) -> None:
        self._client.close()

    def management(self, method: str, path: str, *, by: Any = ADMIN, **parts: Any) -> httpx.Response:
        """A request to the management front door, by the first admin unless said otherwise (`by=None`: by nobody)."""
        answer = self._client.request(method, f"{self.ports.management_url}{path}", auth=by, **parts)
        self.secrets.note(answer)
        return answer

    def gateway(self, path: str, token: str | None = None, *, method: str = "GET", **parts: Any) -> httpx.Response:
        """A call through the gateway front door."""
        self._client.cookies.clear()  # each call is a new client, which has been told nothing yet
        headers = dict(parts.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self._client.request(method, f"{self.ports.gateway_url}{path}", headers=headers, **parts)

    def made(self, method: str, path: str, **parts: Any) -> Any:
        """The parsed answer to a management request that must succeed."""
        answer = self.management(method, path, **parts)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def design(self, *operations: dict[str, Any], name: str = "", version: str = "1.0.0", **properties: Any) -> str:
        """A new API in state CREATED that sends its calls to the sample backend; its id. Its context is `/<name>`."""
        name = name or unique("Api")
        endpoint = {"url": self.ports.backend_url}
        body = {
            "name": name,
            "version": version,
            "context": f"/{name}",
            "policies": ["Unlimited"],
            "endpointConfig": {
                "endpoint_type": "http",
                "production_endpoints": endpoint,
                "sandbox_endpoints": endpoint,
            },
            "operations": list(operations) or [{"verb": "GET", "target": "/menu"}],
            **properties,
        }
        return str(self.made("POST", f"{PUBLISHER}/apis", json=body)["id"])

    def deploy(self, api_id: str) -> str:
        """Take a revision and deploy it; the revision's id."""
        revision = self.made("POST", f"{PUBLISHER}/apis/{api_id}/revisions", json={"description": ""})
        self.made(
            "POST",
            f"{PUBLISHER}/apis/{api_id}/deploy-revision",
            params={"revisionId": revision["id"]},
            json=[{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}],
        )
        return str(revision["id"])

    def change_state(self, api_id: str, action: str) -> None:
        self.made("POST", f"{PUBLISHER}/apis/change-lifecycle", params={"action": action, "apiId": api_id})

    def publish(self, *operations: dict[str, Any], **properties: Any) -> str:
        """A new API, deployed and published; its id."""
        api_id = self.design(*operations, **properties)
        self.deploy(api_id)
        self.change_state(api_id, "Publish")
        return api_id

    def policy(self, kind: str, count: int, unit: str = "hour") -> str:
        """A new hard limit: an `application`, `subscription` or `advanced` policy; its name."""
        more = {"stopOnQuotaReach": True} if kind == "subscription" else {}
        wanted = tier(unique("Tier"), count, unit, **more)
        return str(self.made("POST", f"{ADMINISTRATION}/throttling/policies/{kind}", json=wanted)["policyName"])

    def base_path(self, api_id: str) -> str:
        api = self.made("GET", f"{PUBLISHER}/apis/{api_id}")
        return f"{api['context']}/{api['version']}"

    def application(self, tier: str = "Unlimited") -> str:
        body = {"name": unique("App"), "throttlingPolicy": tier}
        return str(self.made("POST", f"{DEVPORTAL}/applications", json=body)["applicationId"])

    def subscribe(self, application_id: str, api_id: str, plan: str = "Unlimited") -> str:
        body = {"applicationId": application_id, "apiId": api_id, "throttlingPolicy": plan}
        return str(self.made("POST", f"{DEVPORTAL}/subscriptions", json=body)["subscriptionId"])

    def keys(self, application_id: str, kind: str = "PRODUCTION") -> Keys:
        body = {"keyType": kind, "grantTypesToBeSupported": ["client_credentials", "password"]}
        made = self.made("POST", f"{DEVPORTAL}/applications/{application_id}/generate-keys", json=body)
        return Keys(key=made["consumerKey"], secret=made["consumerSecret"])

    def token(self, keys: Keys, scope: str = "") -> str:
        """A client-credentials token."""
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        return str(self.made("POST", "/oauth2/token", by=(keys.key, keys.secret), data=form)["access_token"])

    def customer(
        self, *api_ids: str, tier: str = "Unlimited", plan: str = "Unlimited", kind: str = "PRODUCTION"
    ) -> str:
        """A token of a new application that is subscribed to these APIs."""
        application_id = self.application(tier)
        for api_id in api_ids:
            self.subscribe(application_id, api_id, plan)
        return self.token(self.keys(application_id, kind))

    def log_in(self) -> str:
        """A management token of the first admin, from the password grant."""
        wanted = {
            "clientName": unique("tool"),
            "owner": ADMIN[0],
            "grantType": "password refresh_token",
            "saasApp": True,
        }
        client = self.made("POST", "/client-registration/v0.17/register", json=wanted)
        form = {"grant_type": "password", "username": ADMIN[0], "password": ADMIN[1], "scope": SCOPES}
        by = (client["clientId"], client["clientSecret"])
        return str(self.made("POST", "/oauth2/token", by=by, data=form)["access_token"])


def emulated(house: House, service: str) -> Any:
    """A client of AWS as the stack knows it."""
    return Session().create_client(
        service,
        endpoint_url=house.ports.emulator_url,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="local",
    )


@contextmanager
def configured(house: House, concern: str, **settings: str) -> Iterator[None]:
    """A concern's function has these settings meanwhile."""
    functions = emulated(house, "lambda")
    name = next(
        one["FunctionName"]
        for page in functions.get_paginator("list_functions").paginate()
        for one in page["Functions"]
        if one["Handler"] == f"functions.{concern}.handler.handler"
    )
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    changed = {f"GATEHOUSE_{setting.upper()}": value for setting, value in settings.items()}
    assert set(changed) <= set(before)
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {**before, **changed}})
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def tier(name: str, count: int, unit: str = "min", **more: Any) -> dict[str, Any]:
    """A throttling policy as the admin interface takes it."""
    limit = {"timeUnit": unit, "unitTime": 1, "requestCount": count}
    return {"policyName": name, "defaultLimit": {"type": "REQUESTCOUNTLIMIT", "requestCount": limit}, **more}


def together(work: Callable[[], Any], times: int = CLIENTS) -> list[Any]:
    """What `work` returns, done by this many threads at the same time."""
    with ThreadPoolExecutor(times) as clients:
        return [future.result() for future in [clients.submit(work) for _ in range(times)]]


def error(answer: httpx.Response) -> dict[str, Any]:
    """The error a management interface answered, which has the form that all of them have."""
    body = answer.json()
    assert set(body) >= {"code", "message", "description"}, body
    return dict(body)


def statuses(answers: Sequence[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)
