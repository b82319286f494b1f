"""The app is synthesized once per kind of stage."""

from __future__ import annotations

from typing import cast

import pytest

from tests.synthesis import Assembly, synthesized


@pytest.fixture(scope="session")
def on_aws(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    return synthesized(tmp_path_factory.mktemp("aws"), "dev")


@pytest.fixture(scope="session")
def on_laptop(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    return synthesized(
        tmp_path_factory.mktemp("laptop"),
        "local",
        local="true",
        management_url="https://localhost:9443",
        gateway_url="https://localhost:8243",
        first_admin_password="admin",
    )


@pytest.fixture(params=["on_aws", "on_laptop"])
def assembly(request: pytest.FixtureRequest) -> Assembly:
    return cast(Assembly, request.getfixturevalue(request.param))
