"""The registry finds policies by name. A policy is loaded when it is first asked for, so that nobody pays for the others."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gatehouse.mediation import policies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.mediation.message import Message, Situation, Stop
    from gatehouse.mediation.specification import Specification

    Apply = Callable[[Message, Mapping[str, Any], Situation], Stop | None]


@cache
def specifications() -> tuple[Specification, ...]:
    """Every policy there is, by name. Loads them all: for the control plane."""
    import pkgutil  # noqa: PLC0415 -- the gateway starts sooner without

    names = sorted(module.name for module in pkgutil.iter_modules(policies.__path__) if not module.name.startswith("_"))
    return tuple(_module(name).SPECIFICATION for name in names)


def specification(name: str, version: str) -> Specification | None:
    """The policy of this name and version, None when there is none."""
    return next((one for one in specifications() if one.name == name and one.version == version), None)


@cache
def function(name: str) -> Apply:
    """What a policy does. Raises ModuleNotFoundError for a name that was never deployed."""
    apply: Apply = _module(_file(name)).apply
    return apply


def _file(name: str) -> str:
    """`addHeader` → `add_header`, `changeHTTPMethod` → `change_http_method`; the name of the file below `policies/`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _module(file: str) -> Any:
    return import_module(f"{policies.__name__}.{file}")
