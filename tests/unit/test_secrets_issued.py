"""The search for secrets in logs finds them: otherwise finding none would say nothing."""

from __future__ import annotations

import httpx

from tests.secrets_issued import IssuedSecrets


def answered(document: dict[str, object], *, sent: dict[str, str] | None = None) -> httpx.Response:
    request = httpx.Request("POST", "https://localhost/oauth2/token", data=sent)
    return httpx.Response(200, json=document, request=request)


def test_what_was_issued_and_what_was_sent_is_found() -> None:
    secrets = IssuedSecrets()
    secrets.note(answered({"access_token": "aaaa.bbbb.signature1", "list": [{"consumerSecret": "verysecret"}]}))
    secrets.note(answered({}, sent={"username": "mary", "password": "correct horse"}))
    lines = ["signature1 of a token", "the verysecret one", "it was 'correct horse'", "mary aaaa.bbbb"]
    assert list(secrets.leaked_in(lines)) == lines[:3]
