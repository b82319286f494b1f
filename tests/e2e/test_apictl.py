"""What WSO2's command line tool asks of a server, against the stack, over TLS.

`apictl` cannot be built everywhere: its module is not served by every proxy of Go modules. So its calls are replayed here,
command by command, in its order, with its headers, forms and spellings: the user name goes out as it is, spaces in queries
are `+`, scopes are joined by `+` before they are encoded, and statuses are compared as strictly as the tool compares them.
Where the tool itself is on the path, the last test runs it, with the same story.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import httpx
import pytest
import yaml

from local.stack import ADMIN
from tests.house import DEVPORTAL, PUBLISHER, House, unique
from tests.worlds.archives import data_of, enveloped, unzipped, zipped
from tests.worlds.operation_policies import STAMP, specification

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack import LocalStack

ADMINISTRATION = "/api/am/admin/v4"
TIMEOUT_SECONDS = 10
"""The tool's own."""

SCOPES = (
    "apim:app_import_export+apim:api_import_export+apim:api_product_import_export+apim:app_manage+apim:sub_manage+"
    "apim:api_view+apim:api_delete+apim:app_owner_change+apim:subscribe+apim:api_publish+apim:admin+"
    "apim:policies_import_export+apim:mcp_server_view+apim:mcp_server_list_view+apim:mcp_server_create+"
    "apim:mcp_server_delete+apim:mcp_server_publish+apim:mcp_server_manage+apim:mcp_server_import_export"
)
LARGE_OPERATIONS = 400
LARGE_BYTES = 7_000_000
"""More than the 6 MB that a function takes."""

APICTL = shutil.which("apictl")


class Tool:
    """A client as faithful as it gets: a new token for every command, and no header that the tool does not send."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._client = httpx.Client(
            base_url=house.ports.management_url, verify=house.trusted, timeout=TIMEOUT_SECONDS, trust_env=False
        )
        self.log_in()

    def close(self) -> None:
        self._client.close()

    def log_in(self) -> None:
        """`apictl login dev -u admin -p admin -k`; twice gives the same client."""
        wanted = {
            "clientName": f"rest_api_import_export_{ADMIN[0].replace('@', '_')}",
            "callbackUrl": "www.google.lk",
            "grantType": "password refresh_token",
            "saasApp": True,
            "owner": ADMIN[0],
            "tokenScope": "Production",
        }
        answer = self._client.post("/client-registration/v0.17/register", json=wanted, auth=ADMIN)
        assert answer.status_code in {200, 201}, answer.text
        self._house.secrets.note(answer)
        self.client = (answer.json()["clientId"], answer.json()["clientSecret"])

    def token(self) -> str:
        """What every command begins with."""
        body = f"grant_type=password&username={ADMIN[0]}&password={quote_plus(ADMIN[1])}&scope={SCOPES}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._client.post("/oauth2/token", content=body, headers=headers, auth=self.client)
        assert answer.status_code == 200, answer.text
        self._house.secrets.note(answer)
        return str(answer.json()["access_token"])

    def ask(self, method: str, path: str, *, token: str = "", **parts: Any) -> httpx.Response:
        """A request, with a token of its own unless one is given. `path` has its query as the tool writes it."""
        headers = {"Authorization": f"Bearer {token or self.token()}", "Connection": "keep-alive"}
        answer = self._client.request(method, path, headers={**headers, **parts.pop("headers", {})}, **parts)
        self._house.secrets.note(answer)
        return answer

    def send(self, path: str, archive: bytes) -> httpx.Response:
        """An archive, in the part `file` of a form."""
        files = {"file": ("archive.zip", archive, "application/octet-stream")}
        return self.ask("POST", path, files=files, headers={"Accept": "application/json"})

    def fetch(self, path: str) -> bytes:
        """An archive."""
        answer = self.ask("GET", path, headers={"Accept": "application/zip"})
        assert answer.status_code == 200, answer.text
        assert zipfile.is_zipfile(BytesIO(answer.content))
        return answer.content

    def search(self, name: str, version: str, kind: str = "", token: str = "") -> list[dict[str, Any]]:
        """How every command finds what it is told to work on."""
        terms = [f'name:"{name}"', f'version:"{version}"', *([f'type:"{kind}"'] if kind else [])]
        answer = self.ask("GET", f"{PUBLISHER}/search?query={quote_plus(' '.join(terms))}", token=token)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["list"])


@pytest.fixture
def tool(house: House) -> Any:
    made = Tool(house)
    yield made
    made.close()


def project(house: House, name: str, **more: Any) -> dict[str, Any]:
    """A project as `apictl init` makes one, completed by hand."""
    data = {
        "name": name,
        "version": "1.0.0",
        "context": f"/{name.lower()}",
        "provider": ADMIN[0],
        "lifeCycleStatus": "PUBLISHED",
        "policies": ["Unlimited"],
        "endpointConfig": {"endpoint_type": "http", "production_endpoints": {"url": house.ports.backend_url}},
        **more,
    }
    definition = {
        "openapi": "3.0.1",
        "info": {"title": name, "version": "1.0.0"},
        "paths": {"/menu": {"get": {"responses": {"200": {"description": "The menu"}}}}},
    }
    default = {"displayOnDevportal": True, "deploymentEnvironment": "Default", "deploymentVhost": "localhost"}
    return {
        f"{name}-1.0.0/api.yaml": enveloped("api", data),
        f"{name}-1.0.0/api_meta.yaml": {"name": name, "version": "1.0.0", "deploy": {"import": {"update": True}}},
        f"{name}-1.0.0/Definitions/swagger.yaml": definition,
        f"{name}-1.0.0/deployment_environments.yaml": enveloped("deployment_environments", [default]),
    }


def imported(tool: Tool, archive: bytes, query: str = "preserveProvider=true&rotateRevision=false") -> httpx.Response:
    answer = tool.send(f"{PUBLISHER}/apis/import?{query}", archive)
    assert answer.status_code in {200, 201}, answer.text
    return answer


def test_logging_in_twice_gives_the_same_client_and_logging_out_voids_the_token(tool: Tool) -> None:
    first = tool.client
    tool.log_in()
    assert tool.client[0] == first[0]
    token = tool.token()
    form = {"token": token, "token_type_hint": "access_token"}
    answer = tool._client.post("/oauth2/revoke", data=form, auth=tool.client)
    assert answer.status_code == 200
    assert tool.ask("GET", f"{PUBLISHER}/apis?limit=25", token=token).status_code == 401


def test_an_imported_api_is_found_called_exported_and_deleted(house: House, tool: Tool) -> None:
    name = unique("Ctl")
    imported(tool, zipped(project(house, name)))
    listed = tool.ask("GET", f"{PUBLISHER}/apis?query={quote_plus(f'name:{name}')}&limit=25").json()
    (line,) = listed["list"]
    assert listed["count"] == 1
    assert {"id", "name", "context", "version", "provider", "lifeCycleStatus"} <= set(line)
    assert line["lifeCycleStatus"] == "PUBLISHED"
    assert house.gateway(f"/{name.lower()}/1.0.0/menu", house.customer(line["id"])).status_code == 200

    query = f"name={name}&version=1.0.0&providerName=&preserveStatus=true&preserveCredentials=false&format=YAML"
    files = unzipped(tool.fetch(f"{PUBLISHER}/apis/export?{query}"))
    assert data_of(files[f"{name}-1.0.0/api.yaml"])["lifeCycleStatus"] == "PUBLISHED"
    (found,) = tool.search(name, "1.0.0")
    revisions = tool.ask("GET", f"{PUBLISHER}/apis/{found['id']}/revisions?query=deployed:true").json()
    assert revisions["count"] == 1
    tool.fetch(f"{PUBLISHER}/apis/export?{query}&latestRevision=true")

    again = zipped(files)
    imported(tool, again, "overwrite=true&preserveProvider=true&rotateRevision=true")
    assert tool.send(f"{PUBLISHER}/apis/import?preserveProvider=true&rotateRevision=false", again).status_code == 409
    dry = imported(tool, again, "overwrite=true&preserveProvider=true&rotateRevision=false&dryRun=true")
    assert dry.json()["complianceCheck"]["result"] == "pass"

    undeployed = tool.ask(
        "POST",
        f"{PUBLISHER}/apis/{found['id']}/undeploy-revision?revisionNumber=2&allEnvironments=true",
        content="null",
        headers={"Content-Type": "application/json"},
    )
    assert undeployed.status_code == 201, undeployed.text
    for subscription in house.made("GET", f"{DEVPORTAL}/subscriptions", params={"apiId": found["id"]})["list"]:
        house.made("DELETE", f"{DEVPORTAL}/subscriptions/{subscription['subscriptionId']}")
    assert tool.ask("DELETE", f"{PUBLISHER}/apis/{found['id']}").status_code in {200, 204}
    assert tool.search(name, "1.0.0") == []


def test_parameters_are_merged_and_a_status_is_changed(house: House, tool: Tool) -> None:
    name = unique("Ctl")
    configs = {
        "endpoints": {"production": {"url": house.ports.backend_url}},
        "deploymentEnvironments": [{"displayOnDevportal": True, "deploymentEnvironment": "Default"}],
        "policies": ["Gold"],
    }
    source = project(house, name, lifeCycleStatus="CREATED", endpointConfig=None)
    archive = zipped({"SourceArchive.zip": zipped(source), "intermediate_params.yaml": configs})
    imported(tool, archive)
    (found,) = tool.search(name, "1.0.0")
    assert found["status"] == "CREATED"
    answer = tool.ask("POST", f"{PUBLISHER}/apis/change-lifecycle?action=Publish&apiId={found['id']}")
    assert answer.status_code == 200, answer.text
    api = house.made("GET", f"{PUBLISHER}/apis/{found['id']}")
    assert (api["policies"], api["lifeCycleStatus"]) == (["Gold"], "PUBLISHED")


def test_keys_are_got_in_one_command(house: House, tool: Tool) -> None:
    name = unique("Ctl")
    imported(tool, zipped(project(house, name)))
    token = tool.token()
    (found,) = tool.search(name, "1.0.0", token=token)
    plan = tool.ask("GET", f"{PUBLISHER}/apis/{found['id']}", token=token).json()["policies"][0]
    tier = tool.ask("GET", f"{DEVPORTAL}/throttling-policies/application", token=token).json()["list"][0]["name"]
    path = f"{DEVPORTAL}/applications?query=default-apictl-app"
    mine = [one for one in tool.ask("GET", path, token=token).json()["list"] if one["name"] == "default-apictl-app"]
    if not mine:
        wanted = {"name": "default-apictl-app", "throttlingPolicy": tier, "description": "d", "tokenType": "JWT"}
        assert tool.ask("POST", f"{DEVPORTAL}/applications", json=wanted, token=token).status_code == 201
        mine = tool.ask("GET", path, token=token).json()["list"]
    application = mine[0]["applicationId"]
    there = tool.ask("GET", f"{DEVPORTAL}/subscriptions?apiId={found['id']}", token=token).json()
    assert there["count"] == 0
    wish = {"apiId": found["id"], "applicationId": application, "throttlingPolicy": plan}
    assert tool.ask("POST", f"{DEVPORTAL}/subscriptions", json=wish, token=token).status_code == 201
    for _ in range(2):
        assert tool.ask("GET", f"{DEVPORTAL}/applications/{application}", token=token).status_code == 200
    known = tool.ask("GET", f"{DEVPORTAL}/applications/{application}/keys", token=token).json()["list"]
    assert known == []
    grants = ["refresh_token", "password", "client_credentials"]
    wanted = {"keyType": "PRODUCTION", "grantTypesToBeSupported": grants, "validityTime": 3600}
    answer = tool.ask("POST", f"{DEVPORTAL}/applications/{application}/generate-keys", json=wanted, token=token)
    assert answer.status_code == 200, answer.text
    keys = answer.json()
    body = {"grant_type": "client_credentials", "scope": ""}
    issued = tool._client.post("/oauth2/token", data=body, auth=(keys["consumerKey"], keys["consumerSecret"])).json()
    assert house.gateway(f"/{name.lower()}/1.0.0/menu", issued["access_token"]).status_code == 200
    house.made("DELETE", f"{DEVPORTAL}/applications/{application}")


def test_applications_are_exported_imported_listed_and_deleted(house: House, tool: Tool) -> None:
    name = unique("App")
    house.made("POST", f"{DEVPORTAL}/applications", json={"name": name, "throttlingPolicy": "Unlimited"})
    archive = tool.fetch(
        f"{DEVPORTAL}/applications/export?appName={name}&appOwner={ADMIN[0]}&withKeys=true&format=YAML"
    )
    query = (
        f"appOwner={ADMIN[0]}&preserveOwner=true&skipSubscriptions=false&skipApplicationKeys=false"
        "&update=true&ignoreTier=false"
    )
    answer = tool.send(f"{DEVPORTAL}/applications/import?{query}", archive)
    assert answer.status_code in {200, 201, 207}, answer.text
    found = tool.ask("GET", f"{ADMINISTRATION}/applications?user={ADMIN[0]}&name={name}").json()
    (line,) = found["list"]
    assert {"applicationId", "name", "owner", "status", "groupId"} <= set(line)
    deleted = tool.ask("DELETE", f"{ADMINISTRATION}/applications/{line['applicationId']}")
    assert deleted.status_code in {200, 204}
    listed = tool.ask("GET", f"{ADMINISTRATION}/applications?limit=25&user={ADMIN[0]}").json()
    assert name not in [one["name"] for one in listed["list"]]


def test_products_travel_with_their_apis(house: House, tool: Tool) -> None:
    member, name = unique("Ctl"), unique("Feast")
    api_id = house.publish(name=member)
    body = {
        "name": name,
        "context": f"/{name.lower()}",
        "policies": ["Unlimited"],
        "apis": [{"apiId": api_id, "operations": [{"verb": "GET", "target": "/menu"}]}],
    }
    product = house.made("POST", f"{PUBLISHER}/api-products", json=body)
    products = quote_plus('type:"APIProduct"')
    listed = tool.ask("GET", f"{PUBLISHER}/search?query={products}&limit=25").json()
    assert name in [one["name"] for one in listed["list"]]
    (found,) = tool.search(name, "1.0.0", "APIProduct")
    query = f"name={name}&version=1.0.0&providerName={ADMIN[0]}&format=YAML&preserveStatus=true"
    archive = tool.fetch(f"{PUBLISHER}/api-products/export?{query}")
    assert tool.ask("DELETE", f"{PUBLISHER}/api-products/{found['id']}").status_code in {200, 204}
    query = "importAPIs=true&overwriteAPIs=true&overwriteAPIProduct=true&preserveProvider=true&rotateRevision=false"
    answer = tool.send(f"{PUBLISHER}/api-products/import?{query}", archive)
    assert answer.status_code in {200, 201}, answer.text
    (again,) = tool.search(name, "1.0.0", "APIProduct")
    assert again["id"] != product["id"]


def test_an_archive_that_is_too_large_for_a_function_is_imported_by_its_upload(house: House, tool: Tool) -> None:
    name = unique("Ctl")
    files = project(house, name)
    folder = f"{name}-1.0.0/Docs/Large"
    data = {"name": "Large", "type": "OTHER", "otherTypeName": "film", "sourceType": "FILE", "fileName": "film.bin"}
    files[f"{folder}/document.yaml"] = enveloped("document", data)
    files[f"{folder}/film.bin"] = os.urandom(LARGE_BYTES)
    opened = tool.ask("POST", f"{PUBLISHER}/uploads").json()
    put = httpx.put(opened["url"], content=zipped(files), timeout=TIMEOUT_SECONDS, trust_env=False)
    assert put.status_code == 200, put.text
    answer = tool.ask("POST", f"{PUBLISHER}/apis/import?uploadId={opened['uploadId']}")
    assert answer.status_code == 200, answer.text
    (found,) = tool.search(name, "1.0.0")
    documents = house.made("GET", f"{PUBLISHER}/apis/{found['id']}/documents")["list"]
    assert [one["fileName"] for one in documents] == ["film.bin"]


def test_a_large_definition_is_imported_and_deployed_before_the_tool_gives_up(house: House, tool: Tool) -> None:
    name = unique("Ctl")
    files = project(house, name)
    where = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    answer = {"200": {"description": "Done", "content": {"application/json": {"schema": {"type": "object"}}}}}
    paths = {
        f"/part/{number}/{{id}}": {"get": {"parameters": [where], "responses": answer}}
        for number in range(LARGE_OPERATIONS)
    }
    files[f"{name}-1.0.0/Definitions/swagger.yaml"]["paths"].update(paths)
    imported(tool, zipped(files))
    (found,) = tool.search(name, "1.0.0")
    token = house.customer(found["id"])
    called = house.gateway(f"/{name.lower()}/1.0.0/part/{LARGE_OPERATIONS - 1}/x", token)
    # The backend does not know the path, but the gateway does.
    assert (called.status_code, "No matching resource" in called.text) == (404, False), called.text


def test_policies_are_exported_and_are_there_already(tool: Tool) -> None:
    listed = tool.ask("GET", f"{PUBLISHER}/operation-policies?limit=25").json()
    assert "addHeader" in [one["name"] for one in listed["list"]]
    archive = tool.fetch(f"{PUBLISHER}/operation-policies/export?name=addHeader&version=v1&format=YAML")
    assert tool.send(f"{PUBLISHER}/operation-policies/import", archive).status_code == 409


def test_a_policy_of_ones_own_is_imported_exported_and_deleted(tool: Tool) -> None:
    name = unique("stamp")
    files = {f"{name}_v1/{name}_v1.yaml": specification(name), f"{name}_v1/{name}_v1.j2": STAMP}
    assert tool.send(f"{PUBLISHER}/operation-policies/import", zipped(files)).status_code == 200
    archive = tool.fetch(f"{PUBLISHER}/operation-policies/export?name={name}&version=v1&format=YAML")
    assert unzipped(archive)[f"{name}_v1/{name}_v1.j2"].decode() == STAMP
    assert tool.send(f"{PUBLISHER}/operation-policies/import", archive).status_code == 409
    (found,) = tool.ask("GET", f"{PUBLISHER}/operation-policies?query=name:{name}+version:v1").json()["list"]
    assert tool.ask("DELETE", f"{PUBLISHER}/operation-policies/{found['id']}").status_code == 200
    assert tool.send(f"{PUBLISHER}/operation-policies/import", archive).status_code == 200


@pytest.mark.skipif(APICTL is None, reason="apictl is not on the path; its calls are replayed in the tests above")
def test_the_tool_itself_imports_exports_and_deletes(house: House, stack: LocalStack, tmp_path: Path) -> None:
    name = unique("Ctl")
    (tmp_path / "api.zip").write_bytes(zipped(project(house, name)))
    environment = {**os.environ, "HOME": str(tmp_path), "SSL_CERT_FILE": str(stack.certificates.ca)}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(APICTL), *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"apictl {' '.join(arguments)}: {done.stdout} {done.stderr}"
        return done.stdout

    run("add", "env", "dev", "--apim", house.ports.management_url)
    run("login", "dev", "-u", ADMIN[0], "-p", ADMIN[1], "-k")
    run("import", "api", "-f", str(tmp_path / "api.zip"), "-e", "dev", "-k")
    assert name in run("get", "apis", "-e", "dev", "-k")
    run("export", "api", "-n", name, "-v", "1.0.0", "-e", "dev", "-k")
    run("undeploy", "api", "-n", name, "-v", "1.0.0", "--rev", "1", "-e", "dev", "-k")
    run("delete", "api", "-n", name, "-v", "1.0.0", "-e", "dev", "-k")
    assert name not in run("get", "apis", "-e", "dev", "-k")
    assert yaml.safe_load((tmp_path / ".wso2apictl" / "main_config.yaml").read_text())["environments"]["dev"]
