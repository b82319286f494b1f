"""Queries: which resources are wanted, in which order, which part of the list, and which attributes of them.

The same for the query of a GET and for the body of `/.search` (RFC 7644 §3.4.2, §3.4.3, §3.9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from scim2_models import Context, ListResponse, ResponseParameters, SearchRequest
from scim2_models.path import CompareOperator, Comparison

from functions.identity.scim.filters import comparable, meets, values_at
from functions.identity.scim.guard import understood
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import Answer
from gatehouse.edge.scim import SCIM_MEDIA_TYPE, ScimInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scim2_models.path import AttrPath, FilterNode

    from gatehouse.edge.http import Request

COUNT_DEFAULT, COUNT_MAX = 100, 1000
"""How many resources a page holds, in resources."""

FILTER_CHARACTERS_MAX = 10_000
"""A longer one is parsed for longer than anybody should be kept waiting."""

PARAMETERS = ("filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes")
SHOWN = ("attributes", "excludedAttributes")
_SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A checked query for resources of one model."""

    model: Any
    search: Any  # the library's SearchRequest, or its ResponseParameters: both say which attributes are wanted

    @property
    def filter(self) -> FilterNode | None:
        """What the resources must meet."""
        return self.search.filter.ast if self.search.filter is not None else None

    def equal_to(self, attribute: str) -> str | None:
        """The text that this attribute must equal when that is the whole filter, else None."""
        node = self.filter
        if not isinstance(node, Comparison) or node.op != CompareOperator.eq or not isinstance(node.value, str):
            return None
        return node.value if str(node.attr_path).rpartition(":")[2].lower() == attribute.lower() else None

    def mentions(self, attribute: str) -> bool:
        """Whether the query cannot be answered without this attribute, which is returned by default."""
        shown = self.search.attributes
        hidden = {str(path).lower() for path in self.search.excluded_attributes or ()}
        wanted = shown is None or any(_head(str(path)) == attribute.lower() for path in shown)
        asked = attribute.lower() in str(self.search.filter or "").lower()
        return (wanted and attribute.lower() not in hidden) or asked

    def shown(self, document: Document) -> Document:
        """The document with the attributes that are wanted."""
        if not (self.search.attributes or self.search.excluded_attributes):
            return document
        with understood():
            parameters = ResponseParameters[self.model](  # type: ignore[name-defined]
                attributes=self.search.attributes, excluded_attributes=self.search.excluded_attributes
            )
            resource = self._model_of(document).model_validate(document)
            shown: Document = resource.model_dump(
                scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=parameters
            )
        return shown

    def page(self, documents: Sequence[Document], *, filtered: bool = False) -> Answer:
        """The part of these resources that is wanted, as a ListResponse; `filtered` are those that meet the filter."""
        condition = None if filtered else self.filter
        found = [one for one in documents if condition is None or meets(condition, one)]
        start = max(self.search.start_index or 1, 1)
        count = COUNT_DEFAULT if self.search.count is None else min(self.search.count, COUNT_MAX)
        part = self._sorted(found)[start - 1 : start - 1 + count]
        return Answer(
            body={
                "schemas": [str(ListResponse.__schema__)],
                "totalResults": len(found),
                "startIndex": start,
                "itemsPerPage": len(part),
                "Resources": [self.shown(one) for one in part],
            },
            media_type=SCIM_MEDIA_TYPE,
        )

    def _model_of(self, document: Document) -> Any:
        """Of several models, the one that the document is of."""
        models = get_args(self.model) or (self.model,)
        return next(one for one in models if str(one.__schema__) in document["schemas"])

    def _sorted(self, documents: list[Document]) -> list[Document]:
        if self.search.sort_by is None:
            return documents
        path: AttrPath = self.search.sort_by.ast
        name = (path.sub_attr or path.attr).lower()

        def key(document: Document) -> tuple[bool, str, Any]:
            values = values_at(document, path)
            value = comparable(name, values[0]) if values else None
            return (value is None, type(value).__name__, value if value is not None else 0)

        descending = self.search.sort_order == SearchRequest.SortOrder.descending
        return sorted(documents, key=key, reverse=descending)


def query_of(request: Request, model: Any) -> Query:
    """The query of a GET. Raises ScimInvalid."""
    wanted = {name: value for name in PARAMETERS if (value := request.query.get(name, ""))}
    for name in ("startIndex", "count"):
        if name in wanted and not wanted[name].lstrip("-").isdecimal():
            raise Invalid.field(name, "must be a whole number")
    return _checked(wanted, model)


def search_of(request: Request, model: Any) -> Query:
    """The query in the body of a POST to `/.search`. Raises ScimInvalid."""
    body = request.json()
    if not isinstance(body, dict):
        raise Invalid.field("", "must be a JSON object")
    return _checked({"schemas": [_SEARCH], **body}, model)


def _checked(wanted: dict[str, Any], model: Any) -> Query:
    if len(str(wanted.get("filter", ""))) > FILTER_CHARACTERS_MAX:
        raise ScimInvalid(f"filter: may have at most {FILTER_CHARACTERS_MAX} characters", scim_type="invalidFilter")
    with understood():
        return Query(model, SearchRequest[model].model_validate({"schemas": [_SEARCH], **wanted}))


def _head(path: str) -> str:
    return path.rpartition(":")[2].partition(".")[0].lower()
