"""External stores: developer portals of other API managers, where a tenant's APIs are advertised beside its own store.

Developers find an API there and are led to the store it comes from, where they subscribe.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from gatehouse.domain.errors import FieldError, NotFound, Unavailable
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTION, STORES = "ExternalAPIStores", "Stores"
"""The property of a tenant's configuration: `{"StoreURL", "Stores": [{"Id", "Type", "DisplayName", …}]}`."""

PASSWORD, SEALED = "Password", "sealed"
"""What a store's entry is written with, and what is kept in its place."""

WSO2 = "wso2"
"""The type of store that is spoken to: a WSO2 API Manager, or another Gatehouse."""

ADVERTISED_IN = frozenset({LifecycleState.PUBLISHED, LifecycleState.PROTOTYPED, LifecycleState.DEPRECATED})
"""The states in which an API may be put into other stores; its copies take over the state."""

_APIS = "/apis"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalStore:
    """One store, and whose account there may import APIs. `endpoint` is the address of its developer portal.

    `sealed` is the password as it is kept; `password` is "" until that is opened.
    """

    id: str
    type: str
    display_name: str
    endpoint: str
    username: str
    sealed: str = field(repr=False, default="")
    password: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalStores:
    """Those of a tenant. `store_url` is the address of its own developer portal; "" where the tenant says none."""

    store_url: str = ""
    stores: tuple[ExternalStore, ...] = ()

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> ExternalStores:
        """As a tenant's configuration has them."""
        section = configuration.get(SECTION) or {}
        return cls(
            store_url=section.get("StoreURL") or "",
            stores=tuple(_store(one) for one in section.get(STORES) or ()),
        )

    def find(self, store_id: str) -> ExternalStore | None:
        """The one with this id, or None."""
        return next((one for one in self.stores if one.id == store_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertised:
    """An API as other stores know it: by its name and version, and by where it comes from.

    `url_before` is where it was said to come from when it was put there; "" when that is not known.
    """

    name: str
    version: str
    original_url: str
    url_before: str = ""

    def comes_from(self, url: object) -> bool:
        """Whether an API that says that it comes from there is this one."""
        return bool(url) and url in {self.original_url, self.url_before}


def original_url(store_url: str, api_id: str) -> str:
    """The page of an API in the developer portal at this address, whose query (`?tenant=`) is kept."""
    parts = urlsplit(store_url)
    path = parts.path.partition(_APIS)[0].rstrip("/")
    return urlunsplit(parts._replace(path=f"{path}{_APIS}/{api_id}"))


class ExternalStoreNotFound(NotFound):
    """The tenant's configuration has no such store."""

    code = 901200
    message = "External store not found"


class ExternalStoreFailed(Unavailable):
    """Another store did not do what it was asked for; what was asked may have been done all the same."""

    code = 500
    message = "External store failed"
    default_description = "Another store did not answer as it should."

    @classmethod
    def together(cls, problems: Mapping[str, ExternalStoreFailed]) -> ExternalStoreFailed:
        """For several stores, by id; each is named with what went wrong there."""
        told = {store: failed.description for store, failed in problems.items()}
        fields = tuple(FieldError(store, problem) for store, problem in told.items())
        return cls("; ".join(f"{store}: {problem}" for store, problem in told.items()), fields=fields)


class ExternalStoreRefused(ExternalStoreFailed):
    """Another store was not asked, or said no: nothing has changed there."""

    message = "External store refused"


def _store(given: Mapping[str, Any]) -> ExternalStore:
    return ExternalStore(
        id=given["Id"],
        type=given.get("Type") or WSO2,
        display_name=given.get("DisplayName") or given["Id"],
        endpoint=given["Endpoint"],
        username=given["Username"],
        sealed=given[SEALED],
    )
