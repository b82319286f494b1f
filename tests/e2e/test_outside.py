"""What others answer or keep for an API: functions of AWS, and themes, through the front door."""

from __future__ import annotations

import zipfile
from io import BytesIO

from tests.house import ADMINISTRATION, PUBLISHER, House, emulated


def test_a_provider_sees_the_functions_that_an_api_can_call(house: House) -> None:
    config = {"endpoint_type": "awslambda", "access_method": "role-supplied", "amznRegion": "us-east-1"}
    api_id = house.design(endpointConfig=config)
    found = house.made("GET", f"{PUBLISHER}/apis/{api_id}/amznResourceNames")
    there = {one["FunctionArn"] for one in emulated(house, "lambda").list_functions()["Functions"]}
    assert there
    assert set(found["list"]) == there


def test_themes_of_tenants_and_of_apis_come_back_as_they_were_sent(house: House) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("css/custom.css", "body { color: teal }")
    file = {"file": ("theme.zip", buffer.getvalue(), "application/zip")}
    house.made("PUT", f"{ADMINISTRATION}/tenant-theme", files=file)
    assert house.management("GET", f"{ADMINISTRATION}/tenant-theme").content == buffer.getvalue()
    themes = f"{PUBLISHER}/apis/{house.design()}/api-themes"
    theme = house.made("POST", themes, files=file)["id"]
    house.made("POST", f"{themes}/{theme}/status", json={"action": "PUBLISH"})
    assert house.made("GET", themes, params={"publish": "true"}) == [{"id": theme, "published": True}]
    assert house.management("GET", f"{themes}/{theme}/content").content == buffer.getvalue()
