"""Passwords of any script, however they were typed, and hashes that tell with which parameters they were made."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from gatehouse.adapters.keys.passwords import Argon2Passwords


@pytest.mark.parametrize("password", ["sesame", "pässwörd ✓ 密码 🔑", "with spaces ", "a" * 1024, 'quo"te & <b>'])
def test_a_password_of_any_script_matches_itself_alone(password: str) -> None:
    passwords = Argon2Passwords()
    kept = passwords.hash(password)
    assert passwords.matches(password, kept)
    assert not passwords.matches(f"{password}x", kept)
    assert not passwords.is_outdated(kept)


def test_how_a_letter_is_composed_makes_no_difference() -> None:
    composed, decomposed = "Zo\u00eb", "Zoe\u0308"
    passwords = Argon2Passwords()
    assert passwords.matches(decomposed, passwords.hash(composed))
    assert passwords.matches(composed, passwords.hash(decomposed))


@pytest.mark.parametrize("hasher", [PasswordHasher(time_cost=1), PasswordHasher(memory_cost=8192)])
def test_a_hash_of_smaller_parameters_is_outdated_and_still_matches(hasher: PasswordHasher) -> None:
    kept = hasher.hash("sesame")
    assert Argon2Passwords().is_outdated(kept)
    assert Argon2Passwords().matches("sesame", kept)


@pytest.mark.parametrize("text", ["", "directory:a/b", "plain:x"])
def test_what_is_no_hash_is_not_outdated_and_matches_nothing(text: str) -> None:
    assert not Argon2Passwords().is_outdated(text)
    assert not Argon2Passwords().matches("", text)
