"""Documents of an API that are too large for a request: put past the function, and fetched past it."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import httpx

from tests.house import DEVPORTAL, PUBLISHER, TIMEOUT_SECONDS, configured, error, unique

if TYPE_CHECKING:
    from tests.house import House

LIMIT_BYTES = 10 * 1024 * 1024


def uploaded(house: House, content: bytes) -> str:
    """The id of an upload that holds this."""
    opened = house.made("POST", f"{PUBLISHER}/uploads")
    put = httpx.put(opened["url"], content=content, timeout=TIMEOUT_SECONDS, trust_env=False)
    assert put.status_code == 200, put.text
    return str(opened["uploadId"])


def document(house: House, api_id: str) -> str:
    """The path of a document that has no file yet."""
    body = {"name": unique("Film"), "type": "OTHER", "otherTypeName": "film", "summary": "", "sourceType": "FILE"}
    made = house.made("POST", f"{PUBLISHER}/apis/{api_id}/documents", json={**body, "visibility": "API_LEVEL"})
    return f"/apis/{api_id}/documents/{made['documentId']}"


def send(house: House, path: str, upload_id: str) -> Any:
    return house.management(
        "POST", f"{PUBLISHER}{path}/content", params={"uploadId": upload_id, "fileName": "film.bin"}
    )


def test_ten_mebibytes_are_sent_and_fetched_in_publisher_and_store(house: House) -> None:
    api_id, content = house.publish(), os.urandom(LIMIT_BYTES)
    path = document(house, api_id)
    assert send(house, path, uploaded(house, content)).status_code == 201
    for interface in (PUBLISHER, DEVPORTAL):
        answer = house.management("GET", f"{interface}{path}/content")
        assert answer.status_code == 303, answer.text
        fetched = httpx.get(answer.headers["location"], timeout=TIMEOUT_SECONDS, trust_env=False)
        assert hashlib.sha256(fetched.content).digest() == hashlib.sha256(content).digest()


def test_one_byte_more_is_refused_and_the_document_stays_empty(house: House) -> None:
    path = document(house, house.design())
    refused = send(house, path, uploaded(house, bytes(LIMIT_BYTES + 1)))
    assert refused.status_code == 400
    assert "is larger than 10 MiB" in str(error(refused)["error"])
    assert house.made("GET", f"{PUBLISHER}{path}")["fileName"] in {None, ""}


def test_an_upload_that_nobody_may_send_is_refused_before_it_is_read(house: House) -> None:
    path = document(house, house.design())
    with configured(house, "publisher", upload_bytes_max="1000"):
        upload_id = uploaded(house, bytes(1001))
        refused = send(house, path, upload_id)
        assert (refused.status_code, error(refused)["message"]) == (400, "The upload is too large")
        assert send(house, path, "unheard-of").status_code == 404
