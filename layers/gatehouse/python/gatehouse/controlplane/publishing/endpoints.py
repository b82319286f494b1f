"""What of an API's document is never shown: secrets, kept when a client sends them back empty, and client certificates.

Those, and some others (`INTERNAL`), have interfaces of their own, and an update of the document leaves them as they are.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.policy_secrets import empty_secrets, keep_secrets
from gatehouse.domain.apis.service import SERVICE, SERVICE_INFO
from gatehouse.domain.apis.wsdl import WSDL_INFO
from gatehouse.domain.portal.vocabulary import LABELS
from gatehouse.domain.publishing.certificate import CLIENT_CERTIFICATES
from gatehouse.domain.publishing.operation_policy import SNAPSHOTS
from gatehouse.domain.publishing.sequence_backend import SEQUENCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECRET_PROPERTIES = frozenset(
    {
        "password",
        "clientSecret",
        "apiKeyValue",
        "secretKey",
        "amznSecretKey",
        "proxyPassword",
        "secret",
        "clientKey",
        "clientKeyPassword",
    }
)

API_ENDPOINTS, THUMBNAIL = "apiEndpoints", "thumbnail"

INTERNAL = (CLIENT_CERTIFICATES, LABELS, API_ENDPOINTS, SEQUENCES, SERVICE, SNAPSHOTS, THUMBNAIL)
"""Properties of a document that have interfaces of their own: not shown with it, and left as they are by an update."""
_SET_ELSEWHERE = (*INTERNAL, "hasThumbnail", SERVICE_INFO, WSDL_INFO)

_HOLDERS = ("endpointConfig", "websubSubscriptionConfiguration")
"""The parts of a document that hold secrets."""


def redacted(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with every secret of endpoints and policies emptied, and without what has an interface of its own."""
    shown = copy.deepcopy(dict(document))
    for place in _HOLDERS:
        for holder, name in _secrets(shown.get(place)):
            holder[name] = ""
    empty_secrets(shown)
    for name in INTERNAL:
        shown.pop(name, None)
    return shown


def with_kept_secrets(document: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The new document with the secrets of the old one wherever the new one leaves them empty, and what is set elsewhere."""
    merged = copy.deepcopy(dict(document))
    for place in _HOLDERS:
        _keep(merged.get(place), before.get(place))
    keep_secrets(merged, before)
    merged.update({name: before[name] for name in _SET_ELSEWHERE if name in before})
    return merged


def _secrets(config: object) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(config, dict):
        for name, value in config.items():
            if name in SECRET_PROPERTIES and value:
                yield config, name
            yield from _secrets(value)
    elif isinstance(config, list):
        for part in config:
            yield from _secrets(part)


def _keep(new: object, old: object) -> None:
    if isinstance(new, dict) and isinstance(old, dict):
        for name, value in new.items():
            if name in SECRET_PROPERTIES and not value:
                new[name] = old.get(name, value)
            else:
                _keep(value, old.get(name))
    elif isinstance(new, list) and isinstance(old, list):
        for part, before in zip(new, old, strict=False):
            _keep(part, before)
