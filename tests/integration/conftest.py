"""What adapters ask of the world, counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from botocore.client import BaseClient


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What DynamoDB is asked by operation, and how many `items` it answers."""
    seen = Counter[str]()
    really = BaseClient._make_api_call

    def counted(client: BaseClient, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = really(client, operation, parameters)
        seen.update({operation: 1, "items": len(answer.get("Items", ()))})
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    return seen
