"""A request as a route sees it, and the answer it gives."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import DEFAULT_LIMIT, MAX_LIMIT, Slice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity import Principal

JSON = "application/json"
DIGITS_MAX = 15
"""Longer numbers count nothing that there could be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One management call. Header names are lower case; `query` keeps the last of repeated names, `raw_query` all of them.

    `caller` is None on routes that need no credentials and got none. `path` holds the template's parameters, decoded.
    `address` is the IP address that the front door was called from.
    """

    method: str
    url_path: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    caller: Principal | None = None
    raw_query: str = ""
    address: str = ""

    @property
    def principal(self) -> Principal:
        """The caller, on a route that demands one."""
        if self.caller is None:
            message = "this route was declared anonymous"
            raise TypeError(message)
        return self.caller

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies, by name; of those that come twice, the first (RFC 6265 §5.4 sends the most specific one first)."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        found: dict[str, str] = {}
        for name, _, value in pairs:
            found.setdefault(name, value)
        return found

    @property
    def tenant(self) -> str:
        """The tenant whose address was called (`/t/{tenant}/…`); "" when the address names none."""
        _, prefix, tenant, *_ = (*self.url_path.split("/", 3), "", "", "")
        return tenant.lower() if prefix == "t" else ""

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case; "" when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def slice(self, limit: str = "limit", offset: str = "offset") -> Slice:
        """What these parameters say of the part of a list that is wanted. Raises Invalid when one is no number in range."""
        return Slice(limit=self._number(limit, DEFAULT_LIMIT, MAX_LIMIT), offset=self._number(offset, 0, None))

    def required(self, name: str) -> str:
        """A query parameter that must be there. Raises Invalid."""
        value = self.query.get(name, "")
        if not value:
            raise Invalid.field(name, "this query parameter is required")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A query parameter that is true or false. Raises Invalid."""
        match self.query.get(name, "").lower():
            case "":
                return default
            case "true":
                return True
            case "false":
                return False
            case other:
                raise Invalid.field(name, f"'{other}' is neither true nor false")

    def form(self) -> dict[str, str]:
        """The fields of an `application/x-www-form-urlencoded` body. A repeated field is refused (RFC 6749 §3.2)."""
        try:
            pairs = parse_qsl(self.body.decode(), keep_blank_values=True)
        except UnicodeDecodeError as error:
            raise Invalid.field("", "the body is not valid UTF-8") from error
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise Invalid.field("", "a parameter is given more than once")
        return fields

    def json(self) -> Any:
        """The parsed JSON body. Raises Invalid that names line and column of the first error."""
        if not self.body:
            raise Invalid.field("", "a JSON body is required")
        return document_of(self.body)

    def _number(self, name: str, default: int, maximum: int | None) -> int:
        text = self.query.get(name)
        if text is None or text == "":
            return default
        if not text.isascii() or not text.isdigit() or len(text) > DIGITS_MAX:
            raise Invalid.field(name, f"must be a whole number of at most {DIGITS_MAX} digits, 0 or greater")
        value = int(text)
        return min(value, maximum) if maximum is not None else value


def document_of(content: bytes, path: str = "") -> Any:
    """JSON text as a document; `path` is where it was sent. Raises Invalid that names line and column."""
    try:
        document = json.loads(content, parse_constant=_refuse_constant)
        # Half of a surrogate pair can be written in JSON and be stored nowhere.
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise Invalid.field(path, "is not valid UTF-8") from error
    except UnicodeEncodeError as error:
        raise Invalid.field(path, "holds half of a surrogate pair") from error
    except json.JSONDecodeError as error:
        raise Invalid.field(path, f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise Invalid.field(path, "is nested too deeply") from error
    except ValueError as error:
        raise Invalid.field(path, f"not JSON: {error}") from error
    return document


def _refuse_constant(name: str) -> None:
    message = f"{name} is no number of JSON"
    raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a route answers. `body` is a JSON document, or text or bytes as they are; None is an empty body.

    `cookies` are values of `Set-Cookie`, which is the one header that may come twice.
    """

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON
    cookies: tuple[str, ...] = ()

    def payload(self) -> str | bytes:
        """The body as it goes over the wire."""
        if self.body is None:
            return ""
        if isinstance(self.body, str | bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False)


def created(location: str, body: object) -> Answer:
    """201 with the address of what was created (an absolute path)."""
    return Answer(status=201, body=body, headers={"Location": location})


def accepted(location: str, body: object) -> Answer:
    """202 with the address of what will change (an absolute path)."""
    return Answer(status=202, body=body, headers={"Location": location})


def request_of(event: Mapping[str, Any], path: Mapping[str, str], caller: Principal | None) -> Request:
    """The request in an HTTP API (payload 2.0) or Function URL event."""
    body = event.get("body") or ""
    return Request(
        method=event["requestContext"]["http"]["method"],
        url_path=event["rawPath"],
        path=path,
        query=dict(parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True)),
        headers=_headers(event),
        body=base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(),
        caller=caller,
        raw_query=event.get("rawQueryString", ""),
        address=event["requestContext"]["http"].get("sourceIp", ""),
    )


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    # An HTTP API takes cookies out of the headers.
    if event.get("cookies"):
        headers["cookie"] = "; ".join(event["cookies"])
    return headers
