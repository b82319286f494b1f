"""Secrets of user stores: unreadable where they are kept, and good for one store alone."""

from __future__ import annotations

import pytest

from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.user_stores.sealing import SecretSeal
from gatehouse.domain.errors import Unavailable
from tests.fakes.secrets import InMemorySecrets

SECRET = "pässword \U0001f511"


def sealing(document: str | None = '{"key": "of this installation"}') -> SecretSeal:
    return SecretSeal(SecretDocument(InMemorySecrets(stores=document), "stores"))


def test_what_was_sealed_is_opened_for_the_same_store_alone() -> None:
    seal = sealing()
    sealed = seal.seal(SECRET, "carbon.super/CORP")
    assert seal.open(sealed, "carbon.super/CORP") == SECRET
    assert seal.open(sealing().seal("", "x"), "x") == ""
    with pytest.raises(Unavailable):
        seal.open(sealed, "example.com/CORP")


def test_nothing_of_the_secret_shows_and_no_two_seals_are_alike() -> None:
    seal = sealing()
    one, two = seal.seal(SECRET, "x"), seal.seal(SECRET, "x")
    assert one != two
    assert "ssword" not in one
    with pytest.raises(Unavailable):
        sealing('{"key": "of another"}').open(one, "x")


@pytest.mark.parametrize("sealed", ["", "%", "c2hvcnQ=", "ü"])
def test_what_is_no_seal_opens_nothing(sealed: str) -> None:
    with pytest.raises(Unavailable):
        sealing().open(sealed, "x")


@pytest.mark.parametrize("document", [None, "{}", '{"key": 7}', '{"key": ""}'])
def test_without_a_key_nothing_is_sealed(document: str | None) -> None:
    with pytest.raises(Unavailable):
        sealing(document).seal(SECRET, "x")
