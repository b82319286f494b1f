"""What WSDL says in words: names of services, operations, messages and elements, and what is written about them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from gatehouse.adapters.wsdl.parsing import WSDL_11, WSDL_20, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.adapters.wsdl.parsing import Document

_WRITTEN = tuple(f"{{{space}}}documentation" for space in (WSDL_11, WSDL_20, XSD))


def texts(documents: Iterable[Document]) -> list[str]:
    """Names first, in the order of the documents."""
    elements = list(chain.from_iterable(document.root.iter("*") for document in documents))
    names = [str(element.get("name")) for element in elements if element.get("name")]
    return [*names, *("".join(element.itertext()) for element in elements if element.tag in _WRITTEN)]
