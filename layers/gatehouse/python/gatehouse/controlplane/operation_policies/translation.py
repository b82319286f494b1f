"""Translation: the forms of Synapse's templates that mean what policies of the product do, as steps.

What means anything else is refused with its element and line: a part of a definition that is left out would be a promise broken.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gatehouse.controlplane.operation_policies.forms import (
    argument_of,
    branches,
    condition_of,
    logged,
    refuse_children,
    required,
    value_of,
)
from gatehouse.controlplane.operation_policies.synapse import elements
from gatehouse.domain.publishing.deployed import Condition
from gatehouse.domain.publishing.operation_policy import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gatehouse.controlplane.operation_policies.synapse import Element

_TRANSPORT, _AXIS2 = "transport", "axis2"
_OWN_SCOPES = frozenset({"", "default", "synapse"})
_MEDIA_TYPES = {"json": "application/json", "xml": "application/xml", "text": "text/plain"}
_CONVERSIONS = {"application/json": "xmlToJson", "application/xml": "jsonToXML", "text/xml": "jsonToXML"}
_WITHOUT_EFFECT = frozenset({"DISABLE_CHUNKING", "NO_ENTITY_BODY", "RESPONSE", "FORCE_HTTP_1.0"})
"""Properties that steer how Synapse frames messages; this gateway frames them by itself."""
_LOGGED_HEADERS = frozenset({"headers", "full"})
_ARGUMENT = re.compile(r"\$(\d{1,2})")
_DROPPED_STATUS = "202"


def translated(text: str) -> list[tuple[str, Step]]:
    """The steps of a template, each with its place (`line 3`). Raises NotTranslatable."""
    return _Translation().of(elements(text))


class _Translation:
    """What has been read of a template so far: an answer is made of what was set before it."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, Step]] = []
        self._line = 1
        self._headers: dict[str, str] = {}
        self._status = ""
        self._answered = False
        self._conditions: tuple[Condition, ...] = ()
        self._unsure = False
        self._forms: dict[str, Callable[[Element], None]] = {
            "property": self._property,
            "propertyGroup": lambda element: self._all(element.children),
            "header": self._header,
            "log": self._log,
            "payloadFactory": self._payload,
            "rewrite": self._rewrite,
            "respond": self._respond,
            "loopback": self._respond,
            "drop": self._drop,
            "filter": self._filter,
        }

    def of(self, found: Iterable[Element]) -> list[tuple[str, Step]]:
        self._all(found)
        if self._status and not self._answered:
            self._add("setStatus", statusCode=self._status)
        return self._steps

    def _all(self, found: Iterable[Element]) -> None:
        for element in found:
            if self._answered:
                raise element.refused("stands behind the answer and would never be reached")
            form = self._forms.get(element.name)
            if form is None:
                raise element.refused(f"cannot be run here; what can is {', '.join(sorted(self._forms))}")
            self._line = element.line
            form(element)

    def _add(self, policy: str, **parameters: str) -> None:
        step = Step(policy=policy, parameters=parameters, conditions=self._conditions)
        self._steps.append((f"line {self._line}", step))

    def _property(self, element: Element) -> None:
        name, scope = required(element, "name"), element.attributes.get("scope", "")
        removes = element.attributes.get("action") == "remove"
        value = "" if removes else value_of(element)
        if scope in _OWN_SCOPES:
            self._add("setProperty", name=name, value=value)
        elif scope == _TRANSPORT:
            self._set_header(name, value, removes=removes)
        elif scope == _AXIS2 and name in _WITHOUT_EFFECT:
            return
        elif scope == _AXIS2 and not removes:
            self._transport_property(element, name, value)
        else:
            raise element.refused(f"has no meaning here: property '{name}' of scope '{scope}'")

    def _transport_property(self, element: Element, name: str, value: str) -> None:
        match name:
            case "HTTP_SC":
                self._status = value
            case "HTTP_METHOD":
                self._add("changeHTTPMethod", httpMethod=value)
            case "REST_URL_POSTFIX" if "${" not in value:
                self._add("rewriteResourcePath", newResourcePath=value, includeQueryParams="false")
            case "messageType" if value in _CONVERSIONS:
                self._add(_CONVERSIONS[value])
            case "ContentType":
                self._add("setHeader", headerName="Content-Type", headerValue=value)
            case _:
                raise element.refused(f"has no meaning here: '{name}' with the value '{value[:60]}'")

    def _header(self, element: Element) -> None:
        name, scope = required(element, "name"), element.attributes.get("scope", "")
        removes = element.attributes.get("action") == "remove"
        if scope == _TRANSPORT:
            self._set_header(name, "" if removes else value_of(element), removes=removes)
        elif name == "To" and not removes:
            self._add("setEndpoint", endpointUrl=value_of(element))
        else:
            raise element.refused(f"is a header of SOAP: '{name}'; with scope=\"{_TRANSPORT}\" it is one of HTTP")

    def _set_header(self, name: str, value: str, *, removes: bool) -> None:
        if removes:
            self._headers.pop(name, None)
            self._add("removeHeader", headerName=name)
        else:
            self._headers[name] = value
            self._add("setHeader", headerName=name, headerValue=value)

    def _log(self, element: Element) -> None:
        written = [logged(one) for one in element.children]
        headers = "true" if element.attributes.get("level", "") in _LOGGED_HEADERS else "false"
        self._add("addLogMessage", logHeaders=headers, **({"message": ", ".join(written)} if written else {}))

    def _payload(self, element: Element) -> None:
        kind = element.attributes.get("media-type", "xml")
        form = next((one for one in element.children if one.name == "format"), None)
        if kind not in _MEDIA_TYPES or form is None or form.attributes:
            raise element.refused(f"needs a format written in it, and a media-type of {', '.join(_MEDIA_TYPES)}")
        arguments = [one for part in element.children if part.name == "args" for one in part.children]
        values = [argument_of(one) for one in arguments]
        template = form.source if kind == "xml" else form.text

        def argument(match: re.Match[str]) -> str:
            number = int(match[1])
            if not 1 <= number <= len(values):
                raise form.refused(f"asks for argument {match[0]}, and there are {len(values)}")
            return values[number - 1]

        template = _ARGUMENT.sub(argument, template).strip()
        self._add("setBody", template=template, contentType=_MEDIA_TYPES[kind])

    def _rewrite(self, element: Element) -> None:
        """One rule without a condition; rules that depend on the request are not read."""
        rule = element.children[0] if len(element.children) == 1 else element
        action = rule.children[0] if rule.name == "rewriterule" and len(rule.children) == 1 else element
        fragment = action.attributes.get("fragment", "full")
        if action.name != "action" or action.attributes.get("type", "set") != "set" or fragment not in {"path", "full"}:
            raise action.refused("must be one rule of one action of type set, for the fragment path or full")
        value = required(action, "value")
        if fragment == "path":
            self._add("rewriteResourcePath", newResourcePath=value)
        else:
            self._add("setEndpoint", endpointUrl=value)

    def _filter(self, element: Element) -> None:
        """What it asks is kept as a property: what a branch does must not change which branch it is."""
        asked = condition_of(element)
        name = f"filter:{element.line}.{len(self._steps)}"
        self._add("setProperty", name=name, value="")
        outer = self._conditions
        self._conditions = (*outer, asked)
        self._add("setProperty", name=name, value="true")
        changed = [
            self._branch(branch, (*outer, Condition(value=f"${{property.{name}}}", equals="true", negated=negated)))
            for branch, negated in branches(element)
        ]
        self._conditions, self._unsure = outer, self._unsure or any(changed)

    def _branch(self, found: Iterable[Element], conditions: tuple[Condition, ...]) -> bool:
        """Whether what an answer would be made of is not known for sure behind it: it was changed, and nothing answered."""
        headers, status, unsure = dict(self._headers), self._status, self._unsure
        self._conditions = conditions
        self._all(found)
        if self._status != status and not self._answered:
            self._add("setStatus", statusCode=self._status)
        changed = (self._headers, self._status, self._unsure) != (headers, status, unsure)
        goes_on = not self._answered
        self._headers, self._status, self._unsure, self._answered = headers, status, unsure, False
        return changed and goes_on

    def _respond(self, element: Element) -> None:
        self._refuse_unsure(element)
        self._answer(self._status or "200")

    def _drop(self, element: Element) -> None:
        self._refuse_unsure(element)
        # Synapse ends the call without an answer; its transport then acknowledges the request.
        self._answer(self._status or _DROPPED_STATUS, noBody="true")

    def _refuse_unsure(self, element: Element) -> None:
        refuse_children(element)
        if self._unsure:
            raise element.refused("comes after a filter that sets headers or a status without answering itself")

    def _answer(self, status: str, **more: str) -> None:
        lines = "\n".join(f"{name}: {value}" for name, value in self._headers.items())
        self._add("respond", statusCode=status, **({"headers": lines} if lines else {}), **more)
        self._answered = True
