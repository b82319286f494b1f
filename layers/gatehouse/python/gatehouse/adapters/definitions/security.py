"""What the security schemes of a definition say, in the words that OpenAPI and AsyncAPI share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.definition import DefinedScope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatehouse.domain.apis.definition import DefinedOperation


def oauth2_schemes(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The document's OAuth2 security schemes, by name."""
    schemes = document.get("securityDefinitions") or (document.get("components") or {}).get("securitySchemes")
    return {name: scheme for name, scheme in _object(schemes).items() if _object(scheme).get("type") == "oauth2"}


def described_scopes(document: dict[str, Any], operations: Iterable[DefinedOperation]) -> Iterator[DefinedScope]:
    """The scopes that operations ask for or that carry roles, with what the security schemes say of them."""
    described: dict[str, str] = {}
    bound: dict[str, str] = {}
    for scheme in oauth2_schemes(document).values():
        for flow in (scheme, *_object(scheme.get("flows")).values()):
            if isinstance(flow, dict):
                # `availableScopes` is AsyncAPI 3's word.
                described |= _object(flow.get("scopes")) | _object(flow.get("availableScopes"))
                bound |= _object(flow.get("x-scopes-bindings"))
    extension = _object(_object(document.get("x-wso2-security")).get("apim")).get("x-wso2-scopes")
    for scope in extension if isinstance(extension, list) else ():
        if isinstance(scope, dict) and scope.get("name"):
            described[str(scope["name"])] = str(scope.get("description") or "")
            bound[str(scope["name"])] = str(scope.get("roles") or "")
    asked = [scope for operation in operations for scope in operation.scopes]
    for name in dict.fromkeys([*asked, *bound]):
        roles = tuple(role.strip() for role in str(bound.get(name) or "").split(",") if role.strip())
        yield DefinedScope(name=name, description=str(described.get(name) or ""), roles=roles)


def _object(value: object) -> dict[str, Any]:
    """An extension as far as it is an object: nobody validates those."""
    return value if isinstance(value, dict) else {}
