"""Reading AsyncAPI: the channels of a document as operations, `SUBSCRIBE` and `PUBLISH` as its clients see them.

In version 2 `publish` is what clients may do; in version 3 an application that receives is one that clients publish to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.definitions import parsing
from gatehouse.adapters.definitions.asyncapi.validation import VERSIONS, violations
from gatehouse.adapters.definitions.lines import with_lines
from gatehouse.adapters.definitions.references import REFERENCE, foreign_references, found_at
from gatehouse.adapters.definitions.security import described_scopes, oauth2_schemes
from gatehouse.domain.apis.definition import ANY, NONE, DefinedOperation, Definition, DefinitionInvalid
from gatehouse.domain.apis.streaming import PUBLISH, SUBSCRIBE, AsyncApiInvalid
from gatehouse.domain.errors import FieldError
from gatehouse.domain.throttling.policy import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROBLEMS_MAX = 20
"""How many problems are told at once."""

_BY_KEYWORD = {"subscribe": SUBSCRIBE, "publish": PUBLISH}
_BY_ACTION = {"send": SUBSCRIBE, "receive": PUBLISH}


@dataclass(frozen=True, slots=True)
class Told:
    """What a document says of an operation: `node` is its own object, `holder` and `key` are where that stands."""

    target: str
    verb: str
    node: dict[str, Any]
    holder: dict[str, Any]
    key: str


def parsed(content: bytes) -> dict[str, Any]:
    """The document. Raises AsyncApiInvalid that names line and column."""
    try:
        return parsing.parsed(content)
    except DefinitionInvalid as error:
        raise AsyncApiInvalid(error.description, fields=error.fields) from error


@lru_cache(maxsize=1)
def read(content: bytes) -> Definition:
    """What a definition says. Raises AsyncApiInvalid with up to `PROBLEMS_MAX` problems.

    An import asks more than once, and the schemas take their time.
    """
    document = parsed(content)
    version = str(document.get("asyncapi", ""))
    if version not in VERSIONS:
        problem = f"AsyncAPI '{version}' is not supported; {', '.join(VERSIONS)} are" if version else ""
        where = "/asyncapi" if version else ""
        raise _invalid(content, [FieldError(where, problem or "'asyncapi' must say which version this follows")])
    problems = list(dict.fromkeys(foreign_references(document))) or list(dict.fromkeys(violations(document, version)))
    if problems:
        raise _invalid(content, problems[:PROBLEMS_MAX])
    operations = tuple(_operations(document))
    info = document["info"]
    return Definition(
        specification=f"AsyncAPI {version}",
        title=str(info["title"]),
        version=str(info["version"]),
        description=str(info.get("description") or ""),
        servers=tuple(_address(server) for server in _servers(document)),
        operations=operations,
        scopes=tuple(described_scopes(document, operations)),
        content=json.dumps(document, ensure_ascii=False).encode(),
        protocols=tuple(dict.fromkeys(str(server["protocol"]).lower() for server in _servers(document))),
    )


def told_operations(document: dict[str, Any]) -> Iterator[Told]:
    """Every operation, in the document's order; of version 3 also several that say the same of one channel."""
    if is_2(document):
        for name, item in (document.get("channels") or {}).items():
            channel = resolved(document, item)
            for keyword, verb in _BY_KEYWORD.items():
                if isinstance(node := channel.get(keyword), dict):
                    yield Told(name, verb, node, channel, keyword)
        return
    operations = document.get("operations") or {}
    for name, operation in operations.items():
        node = resolved(document, operation)
        action, reference = _BY_ACTION.get(str(node.get("action"))), (node.get("channel") or {}).get(REFERENCE)
        if action and isinstance(reference, str):
            yield Told(address_of(document, reference), action, node, operations, name)


def address_of(document: dict[str, Any], reference: str) -> str:
    """The address of the channel of version 3 that stands there, or its name when it has none."""
    channel = found_at(document, reference)
    while isinstance(channel, dict) and isinstance(further := channel.get(REFERENCE), str) and further != reference:
        reference, channel = further, found_at(document, further)
    address = channel.get("address") if isinstance(channel, dict) else None
    return str(address or reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~"))


def is_2(document: dict[str, Any]) -> bool:
    """Whether it follows version 2, where operations stand in their channels."""
    return str(document.get("asyncapi", "")).startswith("2.")


def resolved(document: dict[str, Any], node: Any) -> dict[str, Any]:
    """The object, or the one that it refers to; {} when there is none."""
    hops_max = 20
    for _ in range(hops_max):
        if not isinstance(node, dict):
            return {}
        if not isinstance(reference := node.get(REFERENCE), str):
            return node
        node = found_at(document, reference)
    return {}


def asked_scopes(document: dict[str, Any], node: dict[str, Any]) -> tuple[str, ...]:
    """The scopes that an operation asks for: any one of them opens it. `x-scopes` is WSO2's."""
    said = node.get("x-scopes")
    own = [str(one) for one in said] if isinstance(said, list) else []
    security = node.get("security")
    return tuple(dict.fromkeys([*own, *_secured(document, security if isinstance(security, list) else ())]))


def _secured(document: dict[str, Any], security: Iterable[Any]) -> Iterator[str]:
    schemes = oauth2_schemes(document)
    for alternative in security:
        asked = resolved(document, alternative)
        if is_2(document):
            for name, wanted in asked.items():
                yield from (str(scope) for scope in (wanted if name in schemes and isinstance(wanted, list) else ()))
        elif asked.get("type") == "oauth2":
            yield from (str(scope) for scope in asked.get("scopes") or ())


def _operations(document: dict[str, Any]) -> Iterator[DefinedOperation]:
    seen: set[tuple[str, str]] = set()
    for told in told_operations(document):
        if (told.target, told.verb) in seen:
            continue
        seen.add((told.target, told.verb))
        yield DefinedOperation(
            target=told.target,
            verb=told.verb,
            scopes=asked_scopes(document, told.node),
            auth_type=NONE if told.node.get("x-auth-type") == NONE else str(told.node.get("x-auth-type") or ANY),
            throttling_policy=str(told.node.get("x-throttling-tier") or UNLIMITED),
        )


def _servers(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that say what they speak; a reference may lead to anything."""
    found = (resolved(document, server) for server in (document.get("servers") or {}).values())
    return [server for server in found if isinstance(server.get("protocol"), str)]


def _address(server: dict[str, Any]) -> str:
    """Version 2 has URLs, with or without a scheme; version 3 has their parts."""
    if "host" in server:
        return f"{server.get('protocol')}://{server['host']}{server.get('pathname') or ''}"
    return str(server.get("url") or "")


def _invalid(content: bytes, problems: list[FieldError]) -> AsyncApiInvalid:
    told = parsing.invalid(*with_lines(content, problems))
    return AsyncApiInvalid(told.description, fields=told.fields)
