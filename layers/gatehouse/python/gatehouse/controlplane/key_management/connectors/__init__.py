"""Connectors: the kinds of providers that are known by name. What is not is taken for plain OpenID Connect."""

from __future__ import annotations

import re

from gatehouse.controlplane.key_management.connectors.clouds import AUTH0, COGNITO, ENTRA, OKTA
from gatehouse.controlplane.key_management.connectors.servers import FORGEROCK, KEYCLOAK, OPENID_CONNECT, PING_FEDERATE
from gatehouse.controlplane.key_management.connectors.shape import Connector, Setting
from gatehouse.controlplane.key_management.connectors.wso2 import ASGARDEO, WSO2_IS, WSO2_IS_7

__all__ = ["CONNECTORS", "OPENID_CONNECT", "Connector", "Setting", "connector_of"]

CONNECTORS = (
    ASGARDEO,
    AUTH0,
    COGNITO,
    FORGEROCK,
    KEYCLOAK,
    ENTRA,
    OKTA,
    OPENID_CONNECT,
    PING_FEDERATE,
    WSO2_IS,
    WSO2_IS_7,
)


def connector_of(kind: str) -> Connector:
    """The connector of a key manager's `type`, however it is spelled."""
    return _BY_NAME.get(_plain(kind), OPENID_CONNECT)


def _plain(kind: str) -> str:
    return re.sub(r"[^a-z0-9]", "", kind.lower())


_BY_NAME = {
    _plain(name): connector
    for connector in CONNECTORS
    for name in (connector.type, connector.display_name, *connector.aliases)
}
