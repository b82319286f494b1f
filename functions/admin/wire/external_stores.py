"""What a tenant's configuration may say about stores of others."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from gatehouse.edge.wire import Wire, spelled

STORES_MAX = 20
_ID = spelled(r"^[^\s,]+$", "must have no spaces and no commas, which are between the ids of several")
_USERNAME = spelled(r"^[^:]+$", "must have no colon, which ends it (RFC 7617 §2)")
URL_CHARACTERS_MAX = 2000


def _address(url: str) -> str:
    """Raises ValueError for what is no address of a portal."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or len(url) > URL_CHARACTERS_MAX:
        message = "must be an http or https address"
        raise ValueError(message)
    _ = parts.port
    return url


Address = Annotated[str, AfterValidator(_address)]


class StoreEntry(Wire):
    """A store of others: the address of its developer portal, and an account there that may import APIs."""

    Id: Annotated[str, Field(min_length=1, max_length=80, pattern=_ID)]
    Type: Literal["wso2"] = "wso2"
    DisplayName: Annotated[str, Field(max_length=200)] = ""
    Endpoint: Address
    Username: Annotated[str, Field(min_length=1, max_length=200, pattern=_USERNAME)]
    Password: Annotated[str, Field(min_length=1, max_length=500)]


class ExternalStoreSection(Wire):
    """The stores of others; `StoreURL` is where they lead to: this tenant's own developer portal."""

    StoreURL: Address | Literal[""] = ""
    Stores: Annotated[list[StoreEntry], Field(default_factory=list, max_length=STORES_MAX)]

    @model_validator(mode="after")
    def distinct(self) -> ExternalStoreSection:
        """Raises ValueError for stores that come twice."""
        names = [store.Id for store in self.Stores]
        if len(set(names)) != len(names):
            message = "two stores have the same Id"
            raise ValueError(message)
        return self
