"""SCIM conformance, as python-scim's own tester finds it: a second opinion on RFC 7643 and RFC 7644."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from tests.callers import PASSWORD
from tests.events import basic
from tests.worlds.identity import IdentityWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Application:
    """Identity as a WSGI application."""

    def __init__(self, world: IdentityWorld) -> None:
        self._world = world

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        names = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
        if environ.get("CONTENT_TYPE"):
            names["content-type"] = environ["CONTENT_TYPE"]
        reply = self._world.raw(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode() or None,
            headers=names,
            query_string=environ.get("QUERY_STRING", ""),
        )
        start_response(f"{reply.status} -", list(reply.headers.items()))
        return [reply.text.encode()]


DELIBERATE = {
    # Everybody has Internal/everyone, said or not.
    ("check_add_attribute", "roles"),
    ("check_replace_attribute", "roles"),
    ("check_remove_attribute", "roles"),
    # Whoever is not said to be inactive is active.
    ("check_remove_attribute", "active"),
    # A member's name is shown, whatever the client called it.
    ("check_add_attribute", "members"),
    ("check_replace_attribute", "members"),
}
"""Where what is kept may be more than what was sent, by check and attribute; the tester chooses values by chance."""


def test_python_scim_s_tester_finds_nothing_but_what_is_deliberate() -> None:
    client = WSGISCIMClient(
        Application(IdentityWorld()), base_url="http://localhost/scim2", headers=basic("admin", PASSWORD)
    )
    results = check_server(client)
    wrong = [result for result in results if result.status in {Status.ERROR, Status.CRITICAL, Status.DEVIATION}]
    found = {(result.title, result.data["urn"] if isinstance(result.data, dict) else "") for result in wrong}
    assert found <= DELIBERATE, "\n".join(f"{one.title} {one.reason} {one.data}" for one in wrong)
    assert sum(result.status in {Status.SUCCESS, Status.COMPLIANT} for result in results) > 100
