"""User stores on a real directory (OpenLDAP): who is found, whose password is taken, and what a directory may not do to us."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.login import PasswordLogin, RememberedPasswords
from gatehouse.adapters.user_stores import StoreUsers
from gatehouse.adapters.user_stores.directory import LdapDirectory
from gatehouse.domain.errors import Invalid, Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT, UserExists, UserNotFound
from gatehouse.domain.people.user_store import StoreType, UserStore, UserStoreReadOnly
from tests import slapd
from tests.callers import PASSWORD, KnownUsers, PlainPasswords, user
from tests.fakes.clock import StoppedClock
from tests.fakes.lockouts import TERMS, InMemoryLockouts, Journal, guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.domain.people.identity import User
    from tests.slapd import Slapd

pytestmark = pytest.mark.skipif(bool(slapd.missing()), reason=slapd.missing() or "there is a directory")

SECRETS = {slapd.READER: slapd.READER_PASSWORD, slapd.ADMIN: slapd.ADMIN_PASSWORD}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with slapd.running(tmp_path_factory.mktemp("slapd")) as directory:
        yield directory


def store(server: Slapd, kind: StoreType = StoreType.READ_ONLY, **changes: str) -> UserStore:
    properties = {
        "ConnectionURL": server.url,
        "ConnectionName": slapd.READER,
        "UserSearchBase": slapd.PEOPLE,
        "GroupSearchBase": slapd.GROUPS,
        "RoleMapping": "Engineers=Internal/creator,Internal/publisher; staff=Internal/subscriber",
        "UsernameJavaRegEx": ".{1,100}",
    }
    return UserStore(tenant=SUPER_TENANT, domain="CORP", type=kind, properties=properties | changes)


def opened(described: UserStore) -> LdapDirectory:
    return LdapDirectory(described, SECRETS.get(described.properties["ConnectionName"], "guessed"))


@pytest.fixture
def directory(server: Slapd) -> LdapDirectory:
    return opened(store(server))


def test_a_user_is_found_with_their_groups_as_roles_and_what_those_are_mapped_to(directory: LdapDirectory) -> None:
    mary = directory.get("mary")
    assert mary is not None
    assert (mary.name, mary.tenant, mary.active) == ("CORP/mary", SUPER_TENANT, True)
    assert mary.roles == {
        *("CORP/engineers", "CORP/staff"),
        *("Internal/everyone", "Internal/creator", "Internal/publisher", "Internal/subscriber"),
    }
    assert mary.profile["name"] == {"givenName": "Mary", "familyName": "Major"}
    assert mary.profile["emails"] == [{"value": "mary@corp.example", "primary": True}]
    assert directory.by_id(mary.id) == mary


def test_all_users_are_listed_with_their_groups_up_to_the_number_allowed(server: Slapd) -> None:
    every = opened(store(server)).all()
    assert [user.name for user in every] == ["CORP/john", "CORP/mary", "CORP/o(d)d*"]
    assert every[1] == opened(store(server)).get("mary")
    assert len(opened(store(server, MaxUserNameListLength="2")).all()) == 2


@pytest.mark.parametrize(
    "name", ["nobody", "", "*", "m*", "mary)(uid=*", "*)(objectClass=*", "mary\x00", "ma\\72y", "mary ", "x" * 300]
)
def test_a_name_is_never_a_pattern_and_finds_nobody_else(directory: LdapDirectory, name: str) -> None:
    assert directory.get(name) is None


def test_a_name_with_the_characters_of_filters_is_a_name(directory: LdapDirectory) -> None:
    odd = directory.get("o(d)d*")
    assert odd is not None
    assert directory.proves(proof_of(odd), "password of odd")


def test_names_are_found_in_any_case_unless_the_store_says_otherwise(server: Slapd) -> None:
    found = opened(store(server)).get("MARY")
    assert found is not None
    assert found.name == "CORP/mary"
    assert opened(store(server, CaseInsensitiveUsername="false")).get("MARY") is None
    assert opened(store(server, CaseInsensitiveUsername="false")).get("mary") is not None


def test_a_name_that_breaks_the_store_s_rule_is_nobody_s(server: Slapd) -> None:
    assert opened(store(server, UsernameJavaRegEx="[a-l]+")).get("mary") is None


def test_only_the_password_proves_a_user_and_the_empty_one_proves_nobody(directory: LdapDirectory) -> None:
    mary = directory.get("mary")
    assert mary is not None
    assert directory.proves(proof_of(mary), slapd.PASSWORD)
    for wrong in ("guessed", "", slapd.PASSWORD + " ", "\x00"):
        assert not directory.proves(proof_of(mary), wrong)
    for password in (slapd.PASSWORD, "", "x"):
        assert not directory.proves("", password)


def test_the_directory_itself_would_take_an_empty_password(server: Slapd) -> None:
    """What the refusal of empty passwords guards against: this server says yes to them."""
    name = f"uid=mary,{slapd.PEOPLE}".encode()
    bind = b"\x02\x01\x03" + b"\x04" + bytes([len(name)]) + name + b"\x80\x00"
    message = b"\x02\x01\x01" + b"\x60" + bytes([len(bind)]) + bind
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(b"\x30" + bytes([len(message)]) + message)
        answer = connection.recv(100)
    assert b"\x0a\x01\x00" in answer, "resultCode success (RFC 4511 §4.1.9)"


@pytest.mark.parametrize("how", ["ldaps", "StartTLS"])
def test_the_directory_is_asked_over_tls_by_whom_its_authority_vouches_for(server: Slapd, how: str) -> None:
    assert opened(encrypted(server, how)).get("mary") is not None


@pytest.mark.parametrize("how", ["ldaps", "StartTLS"])
def test_a_directory_that_nobody_vouches_for_is_not_asked(server: Slapd, how: str) -> None:
    with pytest.raises(Unavailable):
        opened(encrypted(server, how, CACertificate="")).get("mary")


def test_a_directory_with_the_certificate_of_another_host_is_not_asked(server: Slapd) -> None:
    with pytest.raises(Unavailable):
        opened(encrypted(server, "ldaps", ConnectionURL=f"ldaps://127.0.0.1:{server.tls_port}")).get("mary")


def test_groups_can_be_left_out_or_read_from_the_user(server: Slapd) -> None:
    john = opened(store(server, ReadGroups="false")).get("john")
    assert john is not None
    assert john.roles == {"Internal/everyone"}
    by_entry = opened(store(server, MemberOfAttribute="mail", GroupSearchBase="")).get("john")
    assert by_entry is not None, "an attribute without groups is no failure"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ConnectionURL": "ldap://127.0.0.1:1"}, "127.0.0.1:1"),
        ({"ConnectionName": f"cn=nobody,{slapd.BASE}"}, "refuses cn=nobody"),
        ({"UserSearchBase": f"ou=nowhere,{slapd.BASE}"}, "ou=nowhere"),
        ({"GroupSearchBase": f"ou=nowhere,{slapd.BASE}"}, "ou=nowhere"),
    ],
)
def test_a_test_says_what_does_not_work(server: Slapd, changes: dict[str, str], said: str) -> None:
    opened(store(server)).test()
    with pytest.raises(Unavailable) as caught:
        opened(store(server, **changes)).test()
    assert said in caught.value.description


def test_the_second_server_is_asked_when_the_first_is_down(server: Slapd) -> None:
    assert opened(store(server, ConnectionURL=f"ldap://127.0.0.1:1 {server.url}")).get("mary") is not None


def test_users_are_added_given_passwords_and_removed(server: Slapd) -> None:
    writable = opened(store(server, StoreType.READ_WRITE, ConnectionName=slapd.ADMIN))
    profile = {"name": {"givenName": "Zoë", "familyName": "Zed"}, "emails": [{"value": "zoe@corp.example"}]}
    name = "zoë, ou=x+y"
    added = writable.add(name, "first secret", profile)
    assert added.name == f"CORP/{name}"
    assert added.profile["emails"] == [{"value": "zoe@corp.example", "primary": True}]
    assert writable.proves(proof_of(added), "first secret")
    with pytest.raises(UserExists):
        writable.add(name, "other secret", {})
    writable.set_password(name, "second secret")
    assert not writable.proves(proof_of(added), "first secret")
    assert writable.proves(proof_of(added), "second secret")
    writable.remove(name)
    assert writable.get(name) is None
    for change in (lambda: writable.remove(name), lambda: writable.set_password(name, "third secret")):
        with pytest.raises(UserNotFound):
            change()


def test_a_password_is_hashed_by_the_directory(server: Slapd) -> None:
    described = store(server, StoreType.READ_WRITE, ConnectionName=slapd.ADMIN)
    opened(described).add("hashed", "a secret to hash", {})
    from gatehouse.adapters.user_stores.connecting import Connecting  # noqa: PLC0415
    from gatehouse.domain.people.directory import terms_of  # noqa: PLC0415

    connecting = Connecting("CORP", terms_of(described.type, described.properties))
    with connecting.bound(slapd.ADMIN_PASSWORD) as connection:
        [entry] = connecting.search(connection, slapd.PEOPLE, "(uid=hashed)", ["userPassword"], 2)
    assert entry["raw_attributes"]["userPassword"][0].startswith(b"{SSHA}")
    opened(described).remove("hashed")


@pytest.mark.parametrize(
    ("name", "password", "field"), [("ok", "abc", "password"), ("b\x00d", "long enough", "userName")]
)
def test_who_breaks_a_rule_is_told_which(server: Slapd, name: str, password: str, field: str) -> None:
    rules = {"UsernameJavaRegEx": "[a-z]+", "UsernameJavaRegExViolationErrorMsg": "letters only"}
    writable = opened(store(server, StoreType.READ_WRITE, ConnectionName=slapd.ADMIN, **rules))
    with pytest.raises(Invalid) as caught:
        writable.add(name, password, {})
    assert [error.path for error in caught.value.fields] == [field]


def test_a_store_that_is_read_only_is_not_written_to(directory: LdapDirectory) -> None:
    for change in (
        lambda: directory.add("new", "long enough", {}),
        lambda: directory.set_password("mary", "long enough"),
        lambda: directory.remove("mary"),
    ):
        with pytest.raises(UserStoreReadOnly):
            change()
    assert directory.get("mary") is not None


class Login:
    """Log-ins over the tenant's own users, the directory CORP, and DOWN, which nobody answers for."""

    def __init__(self, described: UserStore) -> None:
        self.clock = StoppedClock()
        self.asked = 0
        down = replace(
            described, domain="DOWN", properties={**described.properties, "ConnectionURL": "ldap://127.0.0.1:1"}
        )
        shut = replace(described, domain="SHUT", properties={**described.properties, "Disabled": "true"})
        self.stores = {"CORP": described, "DOWN": down, "SHUT": shut}
        self.users = StoreUsers(KnownUsers((user("mary"),)), PlainPasswords(), self, self, self.clock)
        self.lockouts = InMemoryLockouts()
        self.login = PasswordLogin(
            self.users,
            RememberedPasswords(self.users, self.clock, 10.0),
            guard(self.lockouts, self.clock, Journal()),
            nobody=self.users.nobody,
        )

    def get(self, tenant: str, domain: str) -> UserStore | None:
        return self.stores.get(domain) if tenant == SUPER_TENANT else None

    def open(self, described: UserStore) -> Any:
        self.asked += 1
        return opened(described)

    def __call__(self, name: str, password: str, tenant: str = SUPER_TENANT) -> User | None:
        return self.login.authenticate(tenant, name, password)


@pytest.fixture
def login(server: Slapd) -> Login:
    return Login(store(server))


@pytest.mark.parametrize("name", ["CORP/mary", "corp/MARY"])
def test_a_user_of_a_directory_logs_in_with_its_domain(login: Login, name: str) -> None:
    found = login(name, slapd.PASSWORD)
    assert found is not None
    assert found.name == "CORP/mary"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        *(
            ("CORP/mary", "guessed"),
            ("CORP/mary", ""),
            ("CORP/nobody", "x"),
            ("NOWHERE/mary", "x"),
            ("SHUT/mary", slapd.PASSWORD),
        ),
        *(("mary", slapd.PASSWORD), ("CORP/mary", PASSWORD), ("PRIMARY/CORP/mary", slapd.PASSWORD), ("CORP/", "")),
    ],
)
def test_nobody_else_does(login: Login, name: str, password: str) -> None:
    assert login(name, password) is None


def test_users_of_one_name_in_two_stores_are_two(login: Login) -> None:
    own, theirs = login("PRIMARY/mary", PASSWORD), login("CORP/mary", slapd.PASSWORD)
    assert own is not None
    assert theirs is not None
    assert (own.name, theirs.name) == ("mary", "CORP/mary")
    assert login("CORP/mary", slapd.PASSWORD, tenant="example.com") is None


def test_a_directory_that_is_down_is_no_wrong_password_and_stops_nobody_else(login: Login) -> None:
    for _ in range(TERMS.threshold + 1):
        with pytest.raises(Unavailable) as caught:
            login("DOWN/mary", slapd.PASSWORD)
        assert "DOWN" in caught.value.description
    assert login("mary", PASSWORD) is not None
    assert login("CORP/mary", slapd.PASSWORD) is not None


def test_guesses_at_a_directory_s_user_are_counted(login: Login) -> None:
    for number in range(TERMS.threshold):
        assert login("CORP/mary", f"guess {number}") is None
    assert login("corp/Mary", slapd.PASSWORD) is None
    login.clock.advance(TERMS.first_seconds)
    assert login("CORP/mary", slapd.PASSWORD) is not None


def test_guesses_at_the_tenant_s_own_user_are_counted_however_the_name_is_written(login: Login) -> None:
    for name in ("mary", "PRIMARY/mary", "primary/MARY", "Mary", "PRIMARY/Mary"):
        assert login(name, "guessed") is None
    assert login("mary", PASSWORD) is None


def encrypted(server: Slapd, how: str, **changes: str) -> UserStore:
    told: dict[str, dict[str, str]] = {
        "ldaps": {"ConnectionURL": server.tls_url},
        "StartTLS": {"ConnectionURL": f"ldap://localhost:{server.port}", "StartTLSEnabled": "true"},
    }
    return store(server, **{"CACertificate": server.authority, **told[how], **changes})


def proof_of(found: User) -> str:
    return found.password_hash.split("/", 2)[2]
