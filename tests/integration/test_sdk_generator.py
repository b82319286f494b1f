"""SDKs by the real generator: imported and used, or compiled, in the languages that most people ask for."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from gatehouse.adapters.definitions.for_callers import OpenApiForCallers
from gatehouse.adapters.sdks.generator import OpenApiGenerator
from gatehouse.adapters.sdks.order import GENERATOR
from gatehouse.domain.apis.access import access_of
from gatehouse.domain.portal.doorway import Doorway
from gatehouse.domain.portal.sdk import LANGUAGES, SdkNotGenerated, SdkOrder
from local.node import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMPILER_SECONDS = 120
MENU = [{"name": "Margherita", "price": "8.99"}]
DESIGN = {
    "openapi": "3.0.3",
    "info": {"title": "Pizza */ Shack", "version": "1.0.0", "description": 'quotes " and \\ and */ and """ inside'},
    "paths": {
        "/menu": {
            "get": {
                "operationId": "listMenu",
                "parameters": [{"name": "size", "in": "query", "schema": {"type": "string", "enum": ["s", "l"]}}],
                "responses": {
                    "200": {
                        "description": "The menu",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}
                            }
                        },
                    }
                },
            },
        },
        "/orders/{orderId}": {
            "put": {
                "parameters": [{"name": "orderId", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}},
                "responses": {"200": {"description": "Changed"}},
            },
        },
    },
    "components": {
        "schemas": {
            "Item": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "price": {"type": "string"}, "class": {"type": "integer"}},
            },
        },
    },
}

USE = """
import pizzashack_client as sdk
configuration = sdk.Configuration(access_token="a-token")
assert configuration.host == {server!r}, configuration.host
api = sdk.DefaultApi(sdk.ApiClient(configuration))
[item] = api.list_menu(size="l")
print(item.name, item.price)
"""


class Menu(BaseHTTPRequestHandler):
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Authorization"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(MENU).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Menu)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_address[1]}/pizzashack/1.0.0"
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture(scope="module")
def generator() -> OpenApiGenerator:
    return OpenApiGenerator.installed()


def order(language: str, server: str = "https://gateway.example/pizzashack/1.0.0", **design: Any) -> SdkOrder:
    """As the store orders it, for what it publishes."""
    content = json.dumps({**DESIGN, **design}).encode()
    doorway = Doorway(
        servers=(server,), token_url="https://id.example/oauth2/token", authorization_url="", access=access_of({})
    )
    published = OpenApiForCallers().published(content, doorway)
    return SdkOrder(tenant="carbon.super", language=language, name="PizzaShack", version="1.0.0", definition=published)


def unpacked(archive: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(folder)
    return folder / "pizzashack-1.0.0"


def run(*command: str, cwd: Path, **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=COMPILER_SECONDS,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def test_a_python_sdk_is_imported_and_calls_the_api(generator: OpenApiGenerator, server: str, tmp_path: Path) -> None:
    sdk = unpacked(generator.generate(order("python", server)), tmp_path)
    told = run(sys.executable, "-c", USE.format(server=server), cwd=tmp_path, PYTHONPATH=str(sdk))
    assert told.split() == ["Margherita", "8.99"]
    assert Menu.asked == [("/pizzashack/1.0.0/menu?size=l", "Bearer a-token")]


def test_a_typescript_sdk_is_compiled(generator: OpenApiGenerator, tmp_path: Path) -> None:
    sdk = unpacked(generator.generate(order("typescript")), tmp_path)
    compiler = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    run("node", str(compiler), "--project", str(sdk), cwd=sdk)
    assert "listMenu" in (sdk / "dist" / "apis" / "DefaultApi.js").read_text()
    assert json.loads((sdk / "package.json").read_text())["name"] == "pizzashack"


def test_a_java_sdk_is_compiled(generator: OpenApiGenerator, tmp_path: Path) -> None:
    if shutil.which("javac") is None:
        pytest.skip("there is no compiler of Java here (Debian: openjdk-17-jdk-headless)")
    sdk = unpacked(generator.generate(order("java")), tmp_path)
    # Jackson, which it depends on, is part of the generator itself. The one other thing it needs is an annotation.
    marker = tmp_path / "javax" / "annotation" / "Generated.java"
    marker.parent.mkdir(parents=True)
    marker.write_text("package javax.annotation; public @interface Generated { String[] value(); String comments(); }")
    sources = [str(file) for file in (sdk / "src" / "main").rglob("*.java")]
    classes = tmp_path / "classes"
    run("javac", "-cp", str(generator.jar), "-d", str(classes), str(marker), *sources, cwd=tmp_path)
    assert (classes / "client" / "pizzashackclient" / "api" / "DefaultApi.class").is_file()
    assert "<artifactId>pizzashack</artifactId>" in (sdk / "pom.xml").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_that_is_listed_can_be_had(generator: OpenApiGenerator, language: str, tmp_path: Path) -> None:
    sdk = unpacked(generator.generate(order(language)), tmp_path)
    texts = [file.read_text(errors="replace") for file in sdk.rglob("*") if file.is_file()]
    assert any(re.search("list[-_]?menu", text, re.IGNORECASE) for text in texts)


def test_the_same_order_makes_the_same_archive_without_other_peoples_recipes(generator: OpenApiGenerator) -> None:
    one, other = generator.generate(order("python")), generator.generate(order("python"))
    assert one == other
    names = zipfile.ZipFile(io.BytesIO(one)).namelist()
    assert names
    assert not [name for name in names if ".github" in name or "git_push" in name or "travis" in name]


@pytest.mark.parametrize(
    "foreign",
    [
        {"paths": {"/menu": {"$ref": "https://elsewhere.example/menu.json"}}},
        {"components": {"schemas": {"Item": {"$ref": "file:///proc/self/environ"}}}},
        {"components": {"schemas": {"Item": {"oneOf": [], "discriminator": {"mapping": {"a": "./secret.json"}}}}}},
    ],
    ids=["address", "file", "discriminator"],
)
def test_nothing_is_fetched_that_a_definition_refers_to(generator: OpenApiGenerator, foreign: Any) -> None:
    wanted = SdkOrder(
        tenant="carbon.super",
        language="python",
        name="Menu",
        version="1",
        definition=json.dumps({**DESIGN, **foreign}).encode(),
    )
    with pytest.raises(SdkNotGenerated, match="another document"):
        generator.generate(wanted)


def test_archives_are_named_after_the_version_of_the_generator() -> None:
    assert version("openapi-generator-cli") == GENERATOR


def test_what_is_no_definition_makes_no_sdk(generator: OpenApiGenerator) -> None:
    wanted = SdkOrder(tenant="carbon.super", language="python", name="Menu", version="1", definition=b'{"swagger": 7}')
    with pytest.raises(SdkNotGenerated) as refused:
        generator.generate(wanted)
    assert refused.value.facts["cause"], "the log tells what the generator said"
