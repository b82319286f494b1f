"""Routes of the vocabulary: categories and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.admin.wire.vocabulary import WordBody
from gatehouse.domain.page import page_of
from gatehouse.domain.record import Kind
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.vocabulary import Vocabulary
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request

CATEGORIES, LABELS = "/api-categories", "/labels"
_OF_CATEGORIES = ("apim:admin", "apim:admin_operations", "apim:api_category")
_OF_LABELS = ("apim:admin",)


def vocabulary_routes(vocabulary: Vocabulary, root: str) -> tuple[Operation, ...]:
    """List, add, change and delete both; see who uses a label. `root` is where the interface stands."""
    labels = _Words(vocabulary, Kind.LABEL, f"{root}{LABELS}")

    def listed(request: Request) -> Answer:
        page = page_of(vocabulary.all(request.principal.tenant, Kind.LABEL), request.slice())
        return Answer(body=envelope(page, labels.shown, resource=LABELS))

    def usage(request: Request) -> Answer:
        label = vocabulary.get(request.principal.tenant, Kind.LABEL, request.path["labelId"])
        used = [
            {"id": one.id, "name": one.name, "version": one.version, "provider": one.provider}
            for one in vocabulary.users(label)
        ]
        return Answer(body={"apis": {"count": len(used), "list": used}})

    return (
        *_category_routes(vocabulary, root),
        _line(
            "GET",
            LABELS,
            "getAllLabels",
            "Every label, by name",
            listed,
            tag="Labels (Collection)",
            query=("limit", "offset"),
        ),
        *labels.routes(LABELS, "labelId", ("createLabel", "updateLabel", "deleteLabel"), "Label", _OF_LABELS),
        _line(
            "GET",
            f"{LABELS}/{{labelId}}/usage",
            "getLabelUsage",
            "The APIs that a label is attached to",
            usage,
            tag="Label (Individual)",
        ),
    )


def _category_routes(vocabulary: Vocabulary, root: str) -> tuple[Operation, ...]:
    categories = _Words(vocabulary, Kind.CATEGORY, f"{root}{CATEGORIES}")

    def listed(request: Request) -> Answer:
        tenant = request.principal.tenant
        counts = vocabulary.counts(tenant)
        found = [
            {**categories.shown(one), "numberOfAPIs": counts.get(one.name, 0)}
            for one in vocabulary.all(tenant, Kind.CATEGORY)
        ]
        return Answer(body={"count": len(found), "list": found})

    every = _line(
        "GET",
        CATEGORIES,
        "listApiCategories",
        "Every category, by name",
        listed,
        tag="API Category (Collection)",
        scopes=_OF_CATEGORIES,
    )
    names = ("createApiCategory", "updateApiCategory", "deleteApiCategory")
    return (every, *categories.routes(CATEGORIES, "apiCategoryId", names, "API Category", _OF_CATEGORIES))


class _Words:
    def __init__(self, vocabulary: Vocabulary, kind: Kind, address: str) -> None:
        self._vocabulary = vocabulary
        self._kind = kind
        self._address = address
        self._parameter = ""

    def routes(
        self, path: str, parameter: str, names: tuple[str, str, str], tag: str, scopes: tuple[str, ...]
    ) -> tuple[Operation, ...]:
        """Add, change, delete; `names` are the operations'."""
        self._parameter = parameter
        one, noun, tagged = f"{path}/{{{parameter}}}", tag.lower().replace("api", "API"), f"{tag} (Individual)"
        add, update, delete = names
        more: dict[str, Any] = {"tag": tagged, "scopes": scopes}
        return (
            _line("POST", path, add, f"Add a {noun}", self.add, body=WordBody, answers=(201,), **more),
            _line("PUT", one, update, f"Change a {noun}", self.update, body=WordBody, **more),
            _line("DELETE", one, delete, f"Delete a {noun} that no API has", self.delete, **more),
        )

    def add(self, request: Request, body: WordBody) -> Answer:
        made = self._vocabulary.add(request.principal, self._kind, body.name, body.description or "")
        return created(f"{self._address}/{made.id}", self.shown(made))

    def update(self, request: Request, body: WordBody) -> Answer:
        word_id = request.path[self._parameter]
        changed = self._vocabulary.update(request.principal, self._kind, word_id, body.name, body.description or "")
        return Answer(body=self.shown(changed))

    def delete(self, request: Request) -> Answer:
        self._vocabulary.remove(request.principal.tenant, self._kind, request.path[self._parameter])
        return Answer()

    def shown(self, word: Record) -> dict[str, Any]:
        """A category or a label."""
        return {"id": word.id, "name": word.name, "description": word.body.get("description") or ""}


def _line(method: str, path: str, name: str, summary: str, route: Any, **more: Any) -> Operation:
    return Operation(method=method, path=path, id=name, summary=summary, route=route, **{"scopes": _OF_LABELS, **more})
