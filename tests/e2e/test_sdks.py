"""A developer gets an SDK from the store and calls the API with it, through the gateway."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import DEVPORTAL, error, unique

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack import LocalStack
    from tests.house import House

PATIENCE_SECONDS = 120
PENDING = 503

USE = """
import {package} as sdk
configuration = sdk.Configuration(access_token={token!r}, ssl_ca_cert={ca!r})
api = sdk.DefaultApi(sdk.ApiClient(configuration))
print(api.menu_get_with_http_info().raw_data.decode())
wrong = sdk.Configuration(access_token="nobody", ssl_ca_cert={ca!r})
try:
    sdk.DefaultApi(sdk.ApiClient(wrong)).menu_get()
except sdk.exceptions.UnauthorizedException as refused:
    print(refused.status)
"""


def _sdk(house: House, api_id: str, language: str) -> Any:
    """The archive; who is told that it is being made asks again."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = house.management("GET", f"{DEVPORTAL}/apis/{api_id}/sdks/{language}")
        if answer.status_code != PENDING or time.monotonic() > until:
            return answer
        time.sleep(float(answer.headers["Retry-After"]))


def test_a_generated_python_sdk_calls_the_published_api_with_a_token_of_its_application(
    house: House, stack: LocalStack, tmp_path: Path
) -> None:
    name = unique("Menu")
    api_id = house.publish(name=name)
    answer = _sdk(house, api_id, "python")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    ca = str(stack.certificates.ca)
    script = USE.format(package=f"{name.lower()}_client", token=house.customer(api_id), ca=ca)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path / f"{name.lower()}-1.0.0",
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    menu, refused = done.stdout.strip().splitlines()
    assert "margherita" in menu
    assert refused == "401"
    again = house.management("GET", f"{DEVPORTAL}/apis/{api_id}/sdks/python")
    assert again.content == answer.content, "it is made once"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["typescript", "java"])
def test_sdks_come_in_other_languages(house: House, language: str) -> None:
    answer = _sdk(house, house.publish(), language)
    assert answer.status_code == 200, answer.text
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None


def test_a_language_that_there_is_not_is_refused(house: House) -> None:
    answer = house.management("GET", f"{DEVPORTAL}/apis/{house.publish()}/sdks/cobol")
    assert answer.status_code == 400
    assert "python" in error(answer)["description"]
