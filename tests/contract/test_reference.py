"""The reference pages say what the code says."""

from __future__ import annotations

import pytest

from local.node import ROOT
from local.reference import pages


@pytest.mark.parametrize(("name", "text"), pages().items(), ids=pages())
def test_a_page_is_what_the_code_makes_of_it(name: str, text: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text() == text, "run `make reference`"
