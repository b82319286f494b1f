"""Definitions of every kind through the front doors: sent, in archives, from addresses; designed, served and shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.wsdl import LxmlWsdl
from gatehouse.domain.apis.archive import ArchiveLimits
from tests.asyncapi_texts import STREETLIGHTS_2, STREETLIGHTS_3
from tests.definition_files import FILES
from tests.house import DEVPORTAL, PUBLISHER, House, unique
from tests.rogue import Rogue
from tests.wsdl_texts import WSDL_11

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.rogue import Seen

ARCHIVES = ZipArchives(ArchiveLimits(entries_max=50, bytes_max=1_000_000))
ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'
SDL = b"type Query { menu: [String] }"


class Site:
    """Files at addresses: `contents` by path."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.server = Rogue(self._answer)

    def url(self, path: str) -> str:
        return self.server.url + path

    def _answer(self, seen: Seen) -> bytes:
        found = self.contents.get(seen.path)
        status, content = (b"200 OK", found) if found is not None else (b"404 Not Found", b"")
        return b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(content), content)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    site.contents |= {f"/pets/{name}": content for name, content in FILES.items()}
    site.contents |= {"/menu.graphql": SDL, "/lights.yaml": STREETLIGHTS_2}
    yield site
    site.server.stop()


def properties(house: House, name: str, **more: Any) -> str:
    endpoint = {"url": f"{house.ports.backend_url}/echo"}
    config = {"endpoint_type": "http", "production_endpoints": endpoint, "sandbox_endpoints": endpoint}
    known = {"name": name, "version": "1.0.0", "context": f"/{name}", "policies": ["Unlimited"]}
    return json.dumps({**known, "endpointConfig": config, **more})


def imported(house: House, path: str, name: str, **form: Any) -> Any:
    more = form.pop("properties", {})
    data = {key: value for key, value in form.items() if isinstance(value, str)}
    files = {key: (key, value) for key, value in form.items() if isinstance(value, bytes)}
    data["additionalProperties"] = properties(house, name, **more)
    # A form with a URL alone is multipart too.
    return house.made("POST", f"{PUBLISHER}/apis/{path}", data=data, files=files or {"": ("", "")})


def operations(api: Any) -> set[str]:
    return {f"{one['verb']} {one['target']}" for one in api["operations"]}


@pytest.mark.parametrize("by_address", [False, True], ids=["archive", "address"])
def test_a_definition_of_several_files_is_imported_and_served(house: House, site: Site, by_address: bool) -> None:  # noqa: FBT001
    sent = {"url": site.url("/pets/openapi.yaml")} if by_address else {"file": ARCHIVES.pack(FILES)}
    api = imported(house, "import-openapi", unique("Pets"), **sent)
    assert operations(api) == {"GET /pets", "POST /pets", "GET /pets/{id}"}
    house.deploy(api["id"])
    house.change_state(api["id"], "Publish")
    published = house.made("GET", f"{DEVPORTAL}/apis/{api['id']}/swagger")
    assert published["components"]["schemas"]["cat"]["properties"]["friend"] == {"$ref": "#/components/schemas/pet_2"}
    token = house.token(house.keys(subscribed(house, api["id"])))
    assert house.gateway(f"{house.base_path(api['id'])}/pets/7", token).status_code == 200


def test_a_soap_api_passes_messages_and_shows_the_gateway_in_its_wsdl(house: House, site: Site) -> None:
    name = unique("Phone")
    backend = WSDL_11.replace(b"http://backend.example/phone.asmx", f"{house.ports.backend_url}/echo/phone".encode())
    site.contents["/phone?wsdl"] = backend
    api = imported(house, "import-wsdl", name, url=site.url("/phone?wsdl"), properties={"endpointConfig": None})
    house.deploy(api["id"])
    house.change_state(api["id"], "Publish")
    token = house.token(house.keys(subscribed(house, api["id"])))
    headers = {"content-type": "text/xml; charset=utf-8", "SOAPAction": '"http://phone.example/Check"'}
    base = house.base_path(api["id"])
    answer = house.gateway(base, token, method="POST", content=ENVELOPE, headers=headers)
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["path"], seen["body"]) == ("/echo/phone", ENVELOPE)
    assert {key.lower(): value for key, value in seen["headers"].items()}["soapaction"] == headers["SOAPAction"]
    shown = house.management("GET", f"{DEVPORTAL}/apis/{api['id']}/wsdl").content
    locations = {endpoint.location for endpoint in LxmlWsdl(ARCHIVES).read(shown).endpoints}
    assert len(locations) == 1
    assert next(iter(locations)).endswith(base)
    kept = house.management("GET", f"{PUBLISHER}/apis/{api['id']}/wsdl").content
    assert kept == backend


def test_an_api_of_streams_is_published_and_shown_but_not_deployed(house: House, site: Site) -> None:
    endpoint = {"endpoint_type": "ws", "production_endpoints": {"url": "wss://lights.example"}}
    api = imported(
        house,
        "import-asyncapi",
        unique("Lights"),
        url=site.url("/lights.yaml"),
        properties={"endpointConfig": endpoint},
    )
    assert api["type"] == "WS"
    revision = house.made("POST", f"{PUBLISHER}/apis/{api['id']}/revisions", json={"description": ""})
    refused = house.management(
        "POST",
        f"{PUBLISHER}/apis/{api['id']}/deploy-revision",
        params={"revisionId": revision["id"]},
        json=[{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}],
    )
    assert (refused.status_code, "this gateway speaks HTTP" in refused.text) == (400, True)
    house.change_state(api["id"], "Publish")
    told = house.made("GET", f"{DEVPORTAL}/apis/{api['id']}/async-api-specification")
    assert (set(told["channels"]), "servers" in told) == ({"lights/{lightId}/measured", "lights/{lightId}/on"}, False)
    assert house.made("GET", f"{DEVPORTAL}/apis/{api['id']}/topics")["count"] == 2


def test_an_api_that_is_served_elsewhere_shows_where(house: House) -> None:
    more = {"advertiseInfo": {"advertised": True}, "endpointConfig": None}
    api = imported(house, "import-asyncapi", unique("Broker"), file=STREETLIGHTS_3, properties=more)
    house.change_state(api["id"], "Publish")
    told = house.made("GET", f"{DEVPORTAL}/apis/{api['id']}/async-api-specification")
    assert told["servers"]["production"]["host"] == "broker.example:9092"


def test_a_graphql_schema_is_read_from_its_address(house: House, site: Site) -> None:
    api = imported(house, "import-graphql-schema", unique("Menu"), type="GRAPHQL", url=site.url("/menu.graphql"))
    assert operations(api) == {"QUERY menu"}


def subscribed(house: House, api_id: str) -> str:
    application_id = house.application()
    house.subscribe(application_id, api_id)
    return application_id
