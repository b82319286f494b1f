"""`python -m local.reference FOLDER` writes the reference pages that are made of code: errors and policies.

The pages stand in `docs/reference`; a test holds them to the code.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import functions
import gatehouse
from gatehouse.dataplane.answers import refusal
from gatehouse.dataplane.answers.refusal import Refusal
from gatehouse.domain.errors import GatehouseError
from gatehouse.edge.errors import STATUS
from gatehouse.mediation.registry import specifications

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.mediation.specification import Attribute

_HEAD = "<!-- Made by `make reference`. Change the code, not this page. -->\n"


def write(folder: Path) -> None:
    """One file a page."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text)


def pages() -> dict[str, str]:
    """File name → content."""
    return {"errors.md": _errors(), "policies.md": _policies()}


def _errors() -> str:
    rows = sorted({_row(one) for one in vars(refusal).values() if isinstance(one, Refusal)})
    calls = "\n".join(rows)
    kinds = sorted(set(_kinds(GatehouseError)), key=lambda kind: (_status(kind), kind.code, kind.__name__))
    management = "\n".join(
        f"| {_status(kind)} | {kind.code} | {kind.message} | {_first_line(kind.__doc__)} |" for kind in kinds
    )
    return (
        f"{_HEAD}\n# Errors\n\n## Of calls\n\n"
        "Every answer carries the call's id in header `activityid`. Descriptions in braces name particulars.\n\n"
        f"| status | code | message | description |\n|---|---|---|---|\n{calls}\n\n"
        "Throttled calls (429) have the code of the limit that is exhausted first: 900800 API, 900802 operation,\n"
        "900803 application, 900804 subscription, 900807 and 900809 their bursts.\n\n"
        "## Of the management interfaces\n\n"
        "`{code, message, description, moreInfo, error: [{code, message, description}]}`; each entry of `error` names a\n"
        "field.\n\n"
        f"| status | code | message | when |\n|---|---|---|---|\n{management}\n"
    )


def _row(one: Refusal) -> str:
    return f"| {one.status} | {one.code} | {one.message} | {one.description} |"


def _status(kind: type[GatehouseError]) -> int:
    """The HTTP status of the branch that this kind of failure hangs on."""
    return next(STATUS[one] for one in kind.__mro__ if one in STATUS)


def _kinds(of: type[GatehouseError]) -> Iterator[type[GatehouseError]]:
    if of is GatehouseError:
        _load_everything()
    for kind in of.__subclasses__():
        if not kind.__name__.startswith("_") and kind.__module__.startswith(("gatehouse.", "functions.")):
            yield kind
        yield from _kinds(kind)


def _load_everything() -> None:
    for package in (gatehouse, functions):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".handler"):  # those read the environment
                importlib.import_module(module.name)


def _policies() -> str:
    sections = []
    for one in specifications():
        flows = ", ".join(one.flows)
        sections.append(f"## {one.name}\n\n{one.description}\n\nFlows: {flows}. Version: {one.version}.\n")
        if one.attributes:
            rows = "\n".join(_attribute(attribute) for attribute in one.attributes)
            sections.append(f"| parameter | type | default | what |\n|---|---|---|---|\n{rows}\n")
    intro = (
        "Policies stand in `apiPolicies` of an API and in `operationPolicies` of an operation, in the order they are run.\n"
        "On requests the API's come first, on responses and faults the operation's. Tenants make\n"
        "[policies of their own](../guides/policies.md) of these.\n"
    )
    return "\n".join([_HEAD, "# Policies\n", intro, *sections])


def _attribute(attribute: Attribute) -> str:
    default = "required" if attribute.required else ("" if attribute.default is None else f"`{attribute.default}`")
    values = f" One of {', '.join(attribute.allowed)}." if attribute.allowed else ""
    secret = " Secret: never shown, and kept when it comes back empty." if attribute.secret else ""
    what = f"{attribute.description or attribute.display_name}{values}{secret}"
    return f"| `{attribute.name}` | {attribute.kind} | {default} | {what} |"


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0] if text else ""


if __name__ == "__main__":
    write(Path(sys.argv[1]))
