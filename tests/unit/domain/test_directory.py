"""What the properties of a user store mean, and which are refused, by name."""

from __future__ import annotations

import pytest

from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.directory import properties_of, terms_of
from gatehouse.domain.people.user_store import StoreType, domain_of_id, is_domain, split_domain

GIVEN = {
    "ConnectionURL": "ldaps://one.corp.example ldaps://two.corp.example:1636",
    "ConnectionName": "cn=gatehouse,o=corp",
    "UserSearchBase": "ou=people,o=corp",
}
READ_ONLY = StoreType.READ_ONLY


def test_what_is_not_said_is_as_wso2_has_it() -> None:
    terms = terms_of(READ_ONLY, GIVEN)
    assert terms.urls == ("ldaps://one.corp.example", "ldaps://two.corp.example:1636")
    assert (terms.connect_seconds, terms.read_seconds, terms.users_max) == (3, 5, 100)
    assert terms.user_filter == "(&(objectClass=person)(uid=?))"
    assert terms_of(StoreType.ACTIVE_DIRECTORY, GIVEN).name_attribute == "sAMAccountName"


def test_roles_are_mapped_without_regard_to_the_group_s_case() -> None:
    terms = terms_of(READ_ONLY, {**GIVEN, "RoleMapping": "Engineers = Internal/creator, Internal/publisher ;staff=x"})
    assert terms.role_mapping == {
        "engineers": frozenset({"Internal/creator", "Internal/publisher"}),
        "staff": frozenset({"x"}),
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ConnectionURL", ""),
        ("ConnectionURL", "http://corp.example"),
        ("ConnectionURL", "ldaps://"),
        ("ConnectionURL", "ldaps://corp.example/dc=x"),
        ("ConnectionURL", "ldaps://user@corp.example"),
        ("ConnectionURL", "ldaps://corp.example:99999"),
        ("ConnectionURL", " ".join(["ldaps://corp.example"] * 6)),
        ("ConnectionURL", "ldap://corp.example"),
        ("ConnectionName", " "),
        ("UserSearchBase", ""),
        ("UserNameSearchFilter", "(uid=mary)"),
        ("UserNameSearchFilter", "uid=?"),
        ("UserNameSearchFilter", "((uid=?)"),
        ("UserNameListFilter", "(uid=?)"),
        ("UserNameAttribute", "uid)(x=*"),
        ("UserDNPattern", "uid={0},ou={0}"),
        ("ReadTimeout", "10001"),
        ("ReadTimeout", "soon"),
        ("MaxUserNameListLength", "0"),
        ("StartTLSEnabled", "yes"),
        ("CACertificate", "no certificate"),
        ("RoleMapping", "engineers"),
    ],
)
def test_a_property_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        terms_of(READ_ONLY, {**GIVEN, name: value} if value else {k: v for k, v in GIVEN.items() if k != name})
    assert [error.path for error in caught.value.fields] == [name]


@pytest.mark.parametrize("url", ["ldap://localhost:389", "ldap://127.0.0.1", "ldap://[::1]:389"])
def test_passwords_are_sent_in_the_clear_to_this_machine_alone(url: str) -> None:
    assert terms_of(READ_ONLY, {**GIVEN, "ConnectionURL": url}).urls == (url,)
    assert terms_of(READ_ONLY, {**GIVEN, "ConnectionURL": "ldap://corp.example", "StartTLSEnabled": "true"}).start_tls


@pytest.mark.parametrize("kind", list(StoreType))
def test_a_type_is_known_by_its_id_and_by_that_of_the_class_before_it(kind: StoreType) -> None:
    assert StoreType.of(kind.id) is kind
    assert set(properties_of(kind)) == set(properties_of(READ_ONLY))
    assert StoreType.of("UmVhZE9ubHlMREFQVXNlclN0b3JlTWFuYWdlcg") is READ_ONLY
    assert StoreType.of("x") is None


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("mary", ("", "mary")),
        ("PRIMARY/mary", ("", "mary")),
        ("corp/mary", ("CORP", "mary")),
        ("CORP/a/b", ("CORP", "a/b")),
        ("/mary", ("", "mary")),
        ("", ("", "")),
    ],
)
def test_a_name_leads_to_the_store_before_its_first_slash(name: str, parts: tuple[str, str]) -> None:
    assert split_domain(name) == parts


@pytest.mark.parametrize("text", ["primary", "Internal", "", "a/b", "-x", "x" * 61, "ü"])
def test_what_cannot_be_a_domain(text: str) -> None:
    assert not is_domain(text)


@pytest.mark.parametrize(
    ("store_id", "domain"), [("Q09SUA", "CORP"), ("Y29ycA", "CORP"), ("%", ""), ("w7w", ""), ("", "")]
)
def test_an_id_is_the_domain_in_base64url(store_id: str, domain: str) -> None:
    assert domain_of_id(store_id) == domain
