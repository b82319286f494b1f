"""The interfaces of the key manager: `oauth2` and `dcr`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from functions.key_manager.routes import (
    authorize,
    client_metadata,
    dcr,
    device,
    federation,
    logout,
    oauth2,
    openid,
    voiding,
)
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from functions.key_manager.parts import Parts

_PAGE = re.compile(
    r"(?:/t/[^/]+)?/(?:oauth2/authorize|oauth2/device|oauth2/federated/[^/]+|commonauth|oidc/logout|oidc/checksession)"
)


def oauth2_interface(parts: Parts) -> Interface:
    """The OAuth endpoints. They have no common base: `/oauth2`, `/t/{tenant}/oauth2`, `/.well-known`."""
    return Interface(
        name="oauth2",
        title="OAuth 2.0",
        base="",
        version="",
        operations=(*oauth2.routes(parts), *device.endpoint_routes(parts), *openid.routes(parts)),
    )


def pages_interface(parts: Parts) -> Interface:
    """What people see in a browser: HTML, where the endpoints above answer clients."""
    operations = (*authorize.routes(parts), *device.routes(parts), *federation.routes(parts), *logout.routes(parts))
    return Interface(name="pages", title="Sign-in pages", base="", version="", operations=operations)


def is_page(path: str) -> bool:
    """Whether a path is one that people see."""
    return _PAGE.fullmatch(path) is not None


def metadata_interface(parts: Parts) -> Interface:
    """Client registration by the standard."""
    return Interface(
        name="dcr-metadata",
        title="Client registration by metadata",
        base="/api/identity/oauth2/dcr",
        version="v1.1",
        operations=client_metadata.routes(parts),
        tenanted=True,
    )


def dcr_interface(parts: Parts) -> Interface:
    """Client registration."""
    return Interface(
        name="dcr",
        title="Client registration",
        base="/client-registration",
        version="v0.17",
        operations=dcr.routes(parts),
    )


def revocations_interface(parts: Parts) -> Interface:
    """Ending many tokens at once."""
    return Interface(
        name="revocations",
        title="Revocations",
        base="/api/identity/oauth2/revocation",
        version="v1",
        operations=voiding.routes(parts),
        tenanted=True,
    )
