"""An API product bundles operations of several APIs, its members, under an address, a life and plans of its own.

It is kept as an `Api` whose document is of type `APIProduct`. Each of its operations names its member (`apiId`), and
`apis` says what the members were like when the product was last composed, so that a revision of it is whole by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.api import ApiNotFound, ApiVersionTaken, ContextTaken
from gatehouse.domain.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMBERS = "apis"
"""The property of a product's document that says what its members are like."""

MEMBERS_MAX = 30
"""More would not fit into the transaction that keeps a product: up to three writes a member, of a hundred."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The operations that a product takes from one API, each a verb and a target."""

    api_id: str
    operations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductUse:
    """What a product uses of an API; each operation as `GET /menu`."""

    product_id: str
    name: str
    version: str
    operations: tuple[str, ...]


class ProductNotFound(ApiNotFound):
    """The tenant has no API product of this id, or the caller may not learn that it has."""

    code = 900360
    message = "API Product not found"

    @classmethod
    def by_id(cls, api_id: str) -> ProductNotFound:
        """The one sentence for absent and forbidden alike."""
        return cls(f"Requested API Product with Id '{api_id}' not found")


class ProductContextTaken(ContextTaken):
    """An API or another product is served there."""

    code = 900275
    message = "The context of the API product already exists"


class ProductVersionTaken(ApiVersionTaken):
    """The product has this version."""

    code = 900276
    message = "The version of the API product already exists"


class DuplicateOperation(Invalid):
    """Two members would answer the same calls."""

    code = 900341
    message = "An operation is in the API product twice"


class MemberWithoutEndpoint(Conflict):
    """Calls of the member have nowhere to go."""

    code = 900342
    message = "An API of the product has no endpoint"


class MemberNotJoinable(Conflict):
    """The API is in a state of its life in which no product takes it in."""

    code = 900343
    message = "An API of the product is in an unsupported state"


class OperationInUse(Conflict):
    """Products use an operation that the API would lose."""

    code = 900344
    message = "API products use the operation"


class OperationInUseOnRestore(Invalid):
    """Products use an operation that the revision to be restored does not have. WSO2 answers 400."""

    code = 900364
    message = "API products use operations that the revision does not have"


class OperationMissingOnRestore(Invalid):
    """A member has lost what the revision of a product takes from it."""

    code = 900365
    message = "Operations of the revision do not exist any more"


class OperationUnknown(NotFound):
    """The member has no such operation."""

    code = 903246
    message = "Invalid operation of an API in the API product"


def choices(document: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Which operations a product's kept document takes from which member, in order; none of an API's document."""
    chosen: dict[str, list[tuple[str, str]]] = {entry["apiId"]: [] for entry in document.get(MEMBERS) or ()}
    for operation in document["operations"] if chosen else ():
        chosen[operation["apiId"]].append((operation["verb"], operation["target"]))
    return tuple(Choice(api_id, tuple(operations)) for api_id, operations in chosen.items())


def behind(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of what serves an operation: those of the document itself or, in a product, of the member."""
    entries: list[Mapping[str, Any]] = document.get(MEMBERS) or []
    return next((entry for entry in entries if entry["apiId"] == operation.get("apiId")), document)
