"""A gateway environment is a set of host names, and what is deployed there is served to calls that come in under one of them.

Every tenant has the environment `Default` besides those that its administrator makes: it has the stage's own address, and
takes the calls of all hosts that no other environment names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.domain.errors import Conflict, Invalid, NotFound
from gatehouse.domain.people.identity import ADMIN, EVERYONE
from gatehouse.domain.publishing.revision import DEFAULT_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

ENVIRONMENTS_MAX = 16
"""How many a tenant can make: an API's deployments to all of them are written in one transaction of 4 MB."""

PROVIDER = "wso2"
GATEWAY_TYPE = "Regular"
HYBRID = "hybrid"
TYPES = (HYBRID, "production", "sandbox")
WRITE_ONLY, READ_ONLY = "WRITE_ONLY", "READ_ONLY"
PUBLIC, ALLOW, DENY = "PUBLIC", "ALLOW", "DENY"

HTTPS_PORT = 443
HTTP_PORT = 80

_HOST = re.compile(
    r"(?=.{1,255}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


def is_host(text: str) -> bool:
    """Whether this is a host name, without a port."""
    return _HOST.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualHost:
    """A host name of an environment. `context` is what a front door takes off paths there ("" for nothing).

    A port of 0 is not served; URLs leave a scheme's own port out.
    """

    host: str
    context: str = ""
    https_port: int = HTTPS_PORT
    http_port: int = 0

    @property
    def https_url(self) -> str:
        """Where APIs stand there, over TLS; "" for nowhere."""
        return self._url("https", self.https_port, HTTPS_PORT)

    @property
    def http_url(self) -> str:
        """Where APIs stand there in the clear; "" for nowhere."""
        return self._url("http", self.http_port, HTTP_PORT)

    def _url(self, scheme: str, port: int, usual: int) -> str:
        if not port:
            return ""
        shown = "" if port == usual else f":{port}"
        below = f"/{self.context.strip('/')}" if self.context.strip("/") else ""
        return f"{scheme}://{self.host}{shown}{below}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A gateway environment as its administrator describes it; `document` is the admin interface's JSON.

    `own` is the stage's own: it can be neither changed nor deleted, and its host names are whatever leads to the gateway.
    """

    tenant: str
    id: str
    name: str
    document: Mapping[str, Any] = field(hash=False)
    own: bool = False

    @property
    def display_name(self) -> str:
        """As people read it."""
        return str(self.document.get("displayName") or self.name)

    @property
    def type(self) -> str:
        """Whose calls it is for, in words; nothing depends on it."""
        return str(self.document.get("type") or HYBRID)

    @property
    def takes_deployments(self) -> bool:
        """False where things are only to be looked at."""
        return self.document.get("mode") != READ_ONLY

    @property
    def virtual_hosts(self) -> tuple[VirtualHost, ...]:
        """Its host names, the first of which is taken when none is chosen."""
        return tuple(_virtual_host(given) for given in self.document.get("vhosts") or ())

    def virtual_host(self, host: str) -> VirtualHost | None:
        """The one of this name; of the stage's own environment, under whatever name it was chosen, its address."""
        known = self.virtual_hosts
        if self.own:
            return known[0] if known else None
        return next((one for one in known if one.host.lower() == host.lower()), None)

    def open_to(self, roles: Collection[str]) -> bool:
        """Whether who has these roles may see it and deploy there. Administrators always may."""
        permissions = self.document.get("permissions") or {}
        kind = permissions.get("permissionType") or PUBLIC
        if kind == PUBLIC or ADMIN in roles:
            return True
        named = not {EVERYONE, *roles}.isdisjoint(permissions.get("roles") or ())
        return named is (kind == ALLOW)


def default_environment(tenant: str, gateway_url: str) -> Environment:
    """The stage's own, at the gateway's address."""
    address = urlsplit(gateway_url)
    vhost = {"host": address.hostname or "", "httpContext": "", "httpsPort": address.port or HTTPS_PORT}
    document = {
        "displayName": DEFAULT_ENVIRONMENT,
        "description": "The gateway of this stage, under every host name that no other environment has",
        "vhosts": [vhost] if address.hostname else [],
    }
    return Environment(tenant=tenant, id=DEFAULT_ENVIRONMENT, name=DEFAULT_ENVIRONMENT, document=document, own=True)


def _virtual_host(given: Mapping[str, Any]) -> VirtualHost:
    port = given.get("httpsPort")
    return VirtualHost(
        host=str(given["host"]),
        context=str(given.get("httpContext") or ""),
        https_port=HTTPS_PORT if port is None else int(port),
        http_port=int(given.get("httpPort") or 0),
    )


class EnvironmentNotFound(NotFound):
    """The tenant has no such environment."""

    code = 900506
    message = "Gateway environment not found"

    @classmethod
    def by_id(cls, environment_id: str) -> EnvironmentNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Gateway environment with Id '{environment_id}' not found")


class EnvironmentTaken(Invalid):
    """The tenant has an environment of this name."""

    code = 900507
    message = "The gateway environment already exists"


class EnvironmentReadOnly(Invalid):
    """It is the stage's own."""

    code = 900508
    message = "The gateway environment is read only"


class HostTwice(Invalid):
    """One environment names a host more than once."""

    code = 900509
    message = "Duplicate virtual host"


class EnvironmentNameFixed(Invalid):
    """Deployments name it."""

    code = 900510
    message = "The name of a gateway environment cannot be changed"


class HostMissing(Invalid):
    """An environment without a host would never be called."""

    code = 900511
    message = "A virtual host is missing"


class HostInvalid(Invalid):
    """It is no host name, or none of the environment's."""

    code = 900512
    message = "Invalid virtual host"


class EnvironmentClosed(Invalid):
    """It takes no deployments."""

    code = 900515
    message = "The gateway environment is in read only mode"


class EnvironmentInUse(Conflict):
    """Revisions are deployed there."""

    code = 900516
    message = "The gateway environment has active deployments"


class TooManyEnvironments(Invalid):
    """The tenant has as many as it may have."""

    message = "Too many gateway environments"


class EnvironmentKeysInvalid(Invalid):
    """The properties of an API in an environment cannot be used."""

    code = 900358
    message = "Invalid environment specific API property"
