"""A registration is a client that we had an external key manager make: what is asked for, what comes back, what is kept.

Providers speak different dialects of it (`Flavour`). What they say when they refuse is passed on, bounded and without
secrets; what is kept to change a client later (a management address and its token, RFC 7592 §3) is never shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping


class Flavour(StrEnum):
    """The dialect in which a provider registers clients; NONE has no registration."""

    NONE = "none"
    RFC7591 = "rfc7591"
    KEYCLOAK = "keycloak"
    OKTA = "okta"
    AUTH0 = "auth0"
    ENTRA = "entra"
    PING_FEDERATE = "ping_federate"
    WSO2_IS = "wso2_is"
    WSO2_IS_7 = "wso2_is_7"
    ASGARDEO = "asgardeo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where clients of a key manager are registered and get tokens; `name` is for people, `properties` may be secret."""

    name: str
    flavour: Flavour
    issuer: str
    registration_url: str = ""
    token_url: str = ""
    revoke_url: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)

    def property(self, *names: str) -> str:
        """The first of these properties that is set, as text; "" when none is."""
        return next((str(self.properties[name]) for name in names if self.properties.get(name)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedClient:
    """What a client shall be like. `properties` are the connector's settings of a client (`Connector.client_settings`)."""

    name: str
    grant_types: tuple[str, ...]
    callback_urls: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is kept of a client to change it later.

    `management_url` and `management_token` are RFC 7592 §3's; `object_id` is the provider's own name for the client where
    that is not its client id.
    """

    client_id: str
    management_url: str = ""
    management_token: str = field(default="", repr=False)
    object_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """A client that was just made, or given a new secret. A public client has none."""

    registration: Registration
    client_secret: str = field(default="", repr=False)


class RegistrationRefused(Invalid):
    """The key manager refuses what was asked for; it says why."""

    code = 902003
    message = "The key manager refuses the request"


class RegistrationFailed(Unavailable):
    """The key manager failed, or it does not take our credentials: nothing that the caller could mend."""

    code = 902004
    message = "The key manager failed"
