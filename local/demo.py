"""The demo plays the main job on a running stack and prints what is called and what comes back.

It is a client like any other: plain HTTP, WSO2's interfaces, nothing of the product imported. It can be played again.
"""

from __future__ import annotations

import json
import secrets
import ssl
import time
from typing import TYPE_CHECKING, Any

import httpx

from local.node import ROOT
from local.stack import ADMIN
from local.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from local.ports import Ports

SAMPLE = ROOT / "samples" / "menu" / "openapi.yaml"
NAME, VERSION, CONTEXT = "Menu", "1.0.0", "/menu"
SCOPES = "apim:api_view apim:api_create apim:api_publish apim:api_manage apim:subscribe apim:app_manage apim:sub_manage"
TIER = "10PerMin"
CALLS_MAX = 25
ROOM_SECONDS = 8
TIMEOUT_SECONDS = 30
PUBLISHER = "/api/am/publisher/v4"
DEVPORTAL = "/api/am/devportal/v3"


class Transcript:
    """Sends requests and prints them, numbered, with the part of the answer that matters."""

    def __init__(self, ports: Ports, ca: Path) -> None:
        self._client = httpx.Client(
            verify=ssl.create_default_context(cafile=ca), timeout=TIMEOUT_SECONDS, trust_env=False
        )
        self._ports = ports
        self._step = 0

    def heading(self, text: str) -> None:
        """Say what the next request is for."""
        self._step += 1
        print(f"\n{self._step:2}. {text}")

    def send(self, method: str, url: str, *, expect: tuple[int, ...], show: tuple[str, ...] = (), **parts: Any) -> Any:
        """Send and print; the parsed answer. Raises Trouble on a status that was not expected."""
        answer = self._client.request(method, url, **parts)
        print(f"    {method} {url}\n    → {answer.status_code} {answer.reason_phrase}")
        if answer.status_code not in expect:
            raise Trouble(f"The demo expected {expect} and got {answer.status_code}: {answer.text}")
        body = answer.json() if answer.content else {}
        for name in show:
            print(f"      {name}: {_short(body.get(name))}")
        return body

    def management(self, method: str, path: str, **parts: Any) -> Any:
        """Send to the management front door."""
        return self.send(method, f"{self._ports.management_url}{path}", **parts)

    def call(self, path: str, token: str) -> httpx.Response:
        """Call an API through the gateway, without printing."""
        return self._client.get(f"{self._ports.gateway_url}{path}", headers={"Authorization": f"Bearer {token}"})


def play(ports: Ports, ca: Path) -> None:
    """Publish, subscribe, call, be throttled. Raises Trouble when an answer is not as it should be."""
    transcript = Transcript(ports, ca)
    bearer = _log_in(transcript)
    api_id = _publish(transcript, ports, bearer)
    token = _subscribe(transcript, api_id, bearer)
    _call_until_throttled(transcript, token)


def _log_in(transcript: Transcript) -> dict[str, str]:
    transcript.heading("Register a client for the management interfaces")
    wanted = {
        "clientName": "demo",
        "owner": ADMIN[0],
        "grantType": "password refresh_token",
        "callbackUrl": "",
        "saasApp": True,
    }
    client = transcript.management(
        "POST",
        "/client-registration/v0.17/register",
        expect=(200,),
        show=("clientId",),
        auth=ADMIN,
        json=wanted,
    )
    transcript.heading("Get an access token for the administrator")
    form = {"grant_type": "password", "username": ADMIN[0], "password": ADMIN[1], "scope": SCOPES}
    token = transcript.management(
        "POST",
        "/oauth2/token",
        expect=(200,),
        show=("token_type", "expires_in", "access_token"),
        auth=(client["clientId"], client["clientSecret"]),
        data=form,
    )
    return {"Authorization": f"Bearer {token['access_token']}"}


def _publish(transcript: Transcript, ports: Ports, bearer: dict[str, str]) -> str:
    transcript.heading("Is the API there from an earlier run?")
    query = {"query": f'name:"{NAME}" version:"{VERSION}"'}
    found = transcript.management(
        "GET", f"{PUBLISHER}/apis", expect=(200,), show=("count",), headers=bearer, params=query
    )
    if found["count"]:
        return str(found["list"][0]["id"])
    api_id = _import(transcript, ports, bearer)
    transcript.heading("Take a revision and deploy it to the gateway")
    revision = transcript.management(
        "POST",
        f"{PUBLISHER}/apis/{api_id}/revisions",
        expect=(201,),
        show=("id", "displayName"),
        headers=bearer,
        json={"description": "demo"},
    )
    transcript.management(
        "POST",
        f"{PUBLISHER}/apis/{api_id}/deploy-revision",
        expect=(201,),
        headers=bearer,
        params={"revisionId": revision["id"]},
        json=[{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}],
    )
    transcript.heading("Publish it, so that developers see it")
    transcript.management(
        "POST",
        f"{PUBLISHER}/apis/change-lifecycle",
        expect=(200,),
        show=("workflowStatus",),
        headers=bearer,
        params={"action": "Publish", "apiId": api_id},
    )
    return api_id


def _import(transcript: Transcript, ports: Ports, bearer: dict[str, str]) -> str:
    transcript.heading(f"Design an API from {SAMPLE.relative_to(ROOT)}")
    endpoint = {"url": ports.backend_url}
    properties = {
        "name": NAME,
        "version": VERSION,
        "context": CONTEXT,
        "policies": ["Gold", "Unlimited"],
        "endpointConfig": {
            "endpoint_type": "http",
            "production_endpoints": endpoint,
            "sandbox_endpoints": endpoint,
        },
    }
    api = transcript.management(
        "POST",
        f"{PUBLISHER}/apis/import-openapi",
        expect=(201,),
        show=("id", "name", "context", "version", "lifeCycleStatus"),
        headers=bearer,
        files={"file": (SAMPLE.name, SAMPLE.read_bytes(), "application/yaml")},
        data={"additionalProperties": json.dumps(properties)},
    )
    return str(api["id"])


def _subscribe(transcript: Transcript, api_id: str, bearer: dict[str, str]) -> str:
    transcript.heading(f"Register an application in the store, with the tier {TIER}")
    application = transcript.management(
        "POST",
        f"{DEVPORTAL}/applications",
        expect=(201,),
        show=("applicationId", "name", "throttlingPolicy"),
        headers=bearer,
        json={"name": f"Kiosk-{secrets.token_hex(3)}", "throttlingPolicy": TIER, "tokenType": "JWT"},
    )
    application_id = application["applicationId"]
    transcript.heading("Subscribe the application to the API")
    transcript.management(
        "POST",
        f"{DEVPORTAL}/subscriptions",
        expect=(201,),
        show=("subscriptionId", "status"),
        headers=bearer,
        json={"applicationId": application_id, "apiId": api_id, "throttlingPolicy": "Gold"},
    )
    transcript.heading("Generate keys for the application")
    keys = transcript.management(
        "POST",
        f"{DEVPORTAL}/applications/{application_id}/generate-keys",
        expect=(200,),
        show=("consumerKey", "keyType"),
        headers=bearer,
        json={"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials", "password"]},
    )
    transcript.heading("Get an access token for the application")
    token = transcript.management(
        "POST",
        "/oauth2/token",
        expect=(200,),
        show=("expires_in", "access_token"),
        auth=(keys["consumerKey"], keys["consumerSecret"]),
        data={"grant_type": "client_credentials"},
    )
    return str(token["access_token"])


def _call_until_throttled(transcript: Transcript, token: str) -> None:
    path = f"{CONTEXT}/{VERSION}/menu"
    transcript.heading(f"Call the API until {TIER} is used up: GET {path}")
    _wait_for_room()
    for number in range(1, CALLS_MAX + 1):
        answer = transcript.call(path, token)
        left = answer.headers.get("x-ratelimit-remaining", "-")
        print(f"    call {number:2} → {answer.status_code}   x-ratelimit-remaining: {left}")
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            for name in ("retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit"):
                print(f"      {name}: {answer.headers.get(name)}")
            print(f"      {answer.text}")
            return
        if answer.status_code != httpx.codes.OK:
            raise Trouble(f"The gateway answered {answer.status_code}: {answer.text}")
    raise Trouble(f"{CALLS_MAX} calls were admitted, and the tier allows ten per minute.")


def _wait_for_room() -> None:
    """Ten calls must fall into one minute of the clock, so do not begin in its last seconds."""
    left = 60 - time.time() % 60
    if left < ROOM_SECONDS:
        print(f"    (the minute ends in {left:.0f} s: waiting for the next one)")
        time.sleep(left)


def farewell(ports: Ports, ca: Path) -> None:
    """Say where everything is, and what to try."""
    user = ":".join(ADMIN)
    print(
        f"""
Gatehouse is up. Ctrl-C ends it, and so does `make stop`; what you made stays for the next `make run`.

  management   {ports.management_url}   http://localhost:{ports.management_http}
  gateway      {ports.gateway_url}   http://localhost:{ports.gateway_http}
  user         {ADMIN[0]}, password {ADMIN[1]}
  CA           {ca}

Try:

  curl --cacert {ca} -u {user} {ports.management_url}{PUBLISHER}/apis
  curl --cacert {ca} {ports.management_url}{DEVPORTAL}/apis
  curl --cacert {ca} -i {ports.gateway_url}{CONTEXT}/{VERSION}/menu
""",
        flush=True,
    )


def _short(value: object) -> str:
    text = str(value)
    limit = 60
    return text if len(text) <= limit else f"{text[:limit]}…"
