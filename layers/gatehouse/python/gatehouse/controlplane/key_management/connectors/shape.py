"""A connector is what is known of a kind of provider beforehand: what it must be told, and how it does things.

`Setting`s are WSO2's (`ConfigurationDto`): portals draw forms from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.domain.applications.registration import Flavour

INPUT, SELECT, CHECKBOX = "input", "select", "checkbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One field of a form. A `masked` one is a secret; a `select` has `values`, and takes several where it is `multiple`."""

    name: str
    label: str
    tooltip: str = ""
    type: str = INPUT
    required: bool = False
    masked: bool = False
    multiple: bool = False
    default: str | bool = ""
    values: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """As the interfaces show it (`KeyManagerConfiguration`)."""
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "required": self.required,
            "mask": self.masked,
            "multiple": self.multiple,
            "tooltip": self.tooltip,
            "default": self.default,
            "values": list(self.values),
        }


def no_registration(_metadata: Mapping[str, Any]) -> str:
    """For providers whose clients are made elsewhere."""
    return ""


def advertised(metadata: Mapping[str, Any]) -> str:
    """Where the provider says that clients are registered (RFC 8414 §2)."""
    return str(metadata.get("registration_endpoint") or "")


def at_origin(path: str) -> Callable[[Mapping[str, Any]], str]:
    """Always at this path of the issuer's server."""

    def found(metadata: Mapping[str, Any]) -> str:
        parts = urlsplit(str(metadata.get("issuer") or ""))
        return f"{parts.scheme}://{parts.netloc}{path}" if parts.netloc else ""

    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """A kind of provider. `aliases` are other spellings of `type`; case, spaces and signs do not matter anyway.

    `settings` are the admin's, about the provider; those that are required are so only where clients are registered.
    `client_settings` are the developer's, about one client. `registration_url` is told from the provider's metadata.
    """

    type: str
    display_name: str
    aliases: tuple[str, ...] = ()
    flavour: Flavour
    consumer_key_claim: str = "azp"
    scopes_claim: str = "scope"
    settings: tuple[Setting, ...] = ()
    client_settings: tuple[Setting, ...] = ()
    registration_url: Callable[[Mapping[str, Any]], str] = field(default=advertised, compare=False)


USERNAME = Setting(name="Username", label="Username", tooltip="User name of an admin of the server", required=True)
PASSWORD = Setting(name="Password", label="Password", tooltip="Password of that admin", required=True, masked=True)
CLIENT_ID = Setting(
    name="client_id",
    label="Client ID",
    tooltip="A client of ours there, for introspection and registration",
    required=True,
)
CLIENT_SECRET = Setting(
    name="client_secret", label="Client secret", tooltip="The secret of that client", required=True, masked=True
)
TOKEN_ENDPOINT_AUTH_METHOD = Setting(
    name="token_endpoint_auth_method",
    label="Authentication at the token endpoint",
    tooltip="How the client proves itself when it asks for tokens (RFC 7591 §2)",
    type=SELECT,
    default="client_secret_basic",
    values=("client_secret_basic", "client_secret_post", "none"),
)
RESPONSE_TYPES = Setting(
    name="response_types",
    label="Response types",
    tooltip="What the client may ask the authorization endpoint for; told from the grants when it is empty",
    type=SELECT,
    multiple=True,
    values=(
        "code",
        "none",
        "token",
        "id_token",
        "id_token token",
        "code id_token",
        "code token",
        "code id_token token",
    ),
)
APPLICATION_TYPE = Setting(
    name="application_type",
    label="Application type",
    tooltip="What kind of program the client is",
    type=SELECT,
    default="web",
    values=("web", "native", "service", "browser"),
)
