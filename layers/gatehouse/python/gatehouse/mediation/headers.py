"""Headers: which ones policies may set, and which ones are nobody's business.

Framing headers belong to the connection and are the gateway's: a policy that names one does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.domain.publishing.deployed import DeployedApi

NAME_PATTERN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}"
"""RFC 9110 §5.6.2: a token."""

FRAMING = frozenset(
    {"connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect"}
)

_SECRET = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "apikey",
        "x-api-key",
        "internal-key",
        "x-jwt-assertion",
        "x-amz-security-token",
        "x-wso2-client-certificate",
    }
)
_SECRET_PARTS = (
    "token",
    "secret",
    "password",
    "passwd",
    "credential",
    "signature",
    "session",
    "apikey",
    "api-key",
    "csrf",
)


def is_framing(name: str) -> bool:
    """Whether the gateway alone sets this header."""
    return name.lower() in FRAMING


def is_secret(name: str, api: DeployedApi) -> bool:
    """Whether what stands under this name (header, parameter, claim) must not be written down or passed to third parties."""
    lowered = name.lower()
    own = {api.access.authorization_header.lower(), api.access.api_key_header.lower()}
    return lowered in _SECRET or lowered in own or any(part in lowered for part in _SECRET_PARTS)


def clean_value(value: str) -> str:
    """A value that fits on one line of HTTP: no control characters, nothing beyond ISO 8859-1 (RFC 9110 §5.5)."""
    printable = "".join(character for character in value if character >= " " and character != "\x7f")
    return printable.encode("latin-1", "replace").decode("latin-1").strip()
