"""The desk of a key manager: where and how clients are registered there, out of its document and its connector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.key_management.connectors import connector_of
from gatehouse.domain.applications.registration import Desk
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.key_management.connectors import Connector, Setting
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager

TEXT_CHARACTERS_MAX = 1000


class UnknownClientProperty(Invalid):
    """A property of a client that its key manager does not know."""

    code = 900970
    message = "Invalid application additional properties"


def connector_at(key_manager: ExternalKeyManager) -> Connector:
    """What is known of its kind."""
    return connector_of(key_manager.document["type"])


def desk_of(key_manager: ExternalKeyManager) -> Desk:
    """Where its clients are registered and get tokens."""
    document = key_manager.document
    return Desk(
        name=key_manager.name,
        flavour=connector_at(key_manager).flavour,
        issuer=key_manager.issuer,
        registration_url=document.get("clientRegistrationEndpoint") or "",
        token_url=document.get("tokenEndpoint") or "",
        revoke_url=document.get("revokeEndpoint") or "",
        properties=document.get("additionalProperties", {}),
    )


def client_properties(key_manager: ExternalKeyManager, given: Mapping[str, Any]) -> dict[str, Any]:
    """A client's properties, as its key manager takes them. Raises UnknownClientProperty, Invalid."""
    settings = {setting.name: setting for setting in connector_at(key_manager).client_settings}
    kept: dict[str, Any] = {}
    for name, value in given.items():
        path = f"additionalProperties.{name}"
        if name not in settings:
            known = ", ".join(settings) or "none"
            raise UnknownClientProperty.field(path, f"is unknown to '{key_manager.name}'; known are {known}")
        if value not in (None, "", []):
            kept[name] = _value(path, settings[name], value)
    return kept


def _value(path: str, setting: Setting, value: Any) -> Any:  # noqa: ANN401 -- wire document
    if isinstance(value, list):
        if not setting.multiple:
            raise Invalid.field(path, "takes one value only")
        return [_value(f"{path}.{index}", setting, one) for index, one in enumerate(value)]
    text = str(value).lower() if isinstance(value, bool) else value
    if isinstance(text, int | float):
        text = str(text)
    if not isinstance(text, str) or len(text) > TEXT_CHARACTERS_MAX:
        raise Invalid.field(path, "must be a short text")
    if setting.values and text not in setting.values:
        raise Invalid.field(path, f"must be one of {', '.join(setting.values)}")
    return text
