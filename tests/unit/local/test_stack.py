"""What a stack says before it starts anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.ports import Ports
from local.stack import LocalStack
from local.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path


def test_state_of_an_older_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "stack-0").mkdir()
    (tmp_path / "stack-0" / "outputs.json").write_text("{}")
    with pytest.raises(Trouble, match="make clean-state"):
        LocalStack(tmp_path / "stack-0", Ports.shifted(0)).start()
    assert [file.name for file in (tmp_path / "stack-0").iterdir()] == ["outputs.json"]
