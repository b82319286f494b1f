"""Places: where developers may call an API, one for each gateway environment that shows it to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import SUPER_TENANT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.publishing.environment import Environment, VirtualHost
    from gatehouse.domain.publishing.revision import Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An environment that serves an API. URLs are "" where they are not served; `default_url` is the one without a version.

    `revision` is the id of the one that is served.
    """

    environment: Environment
    revision: str
    url: str
    default_url: str
    http_url: str = ""
    default_http_url: str = ""


def places_of(api: Api, deployments: Iterable[Deployment], environments: Iterable[Environment]) -> list[Place]:
    """Of these deployments, those whose environments are there; the stage's own first, the others in their order."""
    known = {one.name: one for one in environments}
    found = [
        _place(api, known[one.environment], known[one.environment].virtual_host(one.vhost), one.revision_id)
        for one in deployments
        if one.environment in known
    ]
    return sorted(found, key=lambda place: not place.environment.own)


def nowhere(api: Api, environment: Environment) -> Place:
    """Where an API that is deployed nowhere would be."""
    return _place(api, environment, next(iter(environment.virtual_hosts), None), "")


def _place(api: Api, environment: Environment, host: VirtualHost | None, revision: str) -> Place:
    prefix = "" if api.tenant == SUPER_TENANT else f"/t/{api.tenant}"
    path, default_path = f"{prefix}{api.base_path}", f"{prefix}{api.default_path}" if api.is_default_version else ""
    in_clear = "http" in (api.document.get("transport") or ())
    https, http = (host.https_url, host.http_url if in_clear else "") if host else ("", "")
    return Place(
        environment=environment,
        revision=revision,
        # Without a host that is known, the path at least.
        url=f"{https}{path}" if https or not http else "",
        default_url=f"{https}{default_path}" if default_path and (https or not http) else "",
        http_url=f"{http}{path}" if http else "",
        default_http_url=f"{http}{default_path}" if http and default_path else "",
    )
