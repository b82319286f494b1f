"""What a directory is asked, and how: the properties of a user store, understood.

The names and the defaults of the properties are WSO2's; `?` in a filter and `{0}` in a pattern stand for the user's name.
Beyond them there are `RoleMapping` (`engineers=Internal/creator,Internal/publisher; staff=Internal/subscriber`) and
`CACertificate` (PEM, of the authority that vouches for the directory).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.user_store import StoreType

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSWORD_PROPERTY = "ConnectionPassword"
URLS_MAX = 5
USERS_MAX = 1_000
"""How many users or groups a directory is asked for at most."""

SECONDS_MAX = 10
"""How long a directory may be waited for, at each step: the front door gives up after 30 s."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_TRUE, _FALSE = "true", "false"

_COMMON = {
    "ConnectionURL": "",
    "ConnectionName": "",
    "StartTLSEnabled": _FALSE,
    "CACertificate": "",
    "LDAPConnectionTimeout": "3000",
    "ReadTimeout": "5000",
    "UserSearchBase": "",
    "UserNameAttribute": "uid",
    "UserIDAttribute": "entryUUID",
    "UserNameSearchFilter": "(&(objectClass=person)(uid=?))",
    "UserNameListFilter": "(objectClass=person)",
    "UserEntryObjectClass": "inetOrgPerson",
    "UserDNPattern": "",
    "MaxUserNameListLength": "100",
    "ReadGroups": _TRUE,
    "GroupSearchBase": "",
    "GroupNameAttribute": "cn",
    "GroupNameListFilter": "(objectClass=groupOfNames)",
    "MembershipAttribute": "member",
    "MemberOfAttribute": "",
    "RoleMapping": "",
    "CaseInsensitiveUsername": _TRUE,
    "UsernameJavaRegEx": r"[\pL\pM\pN_.+\-@ ]{1,255}",
    "UsernameJavaRegExViolationErrorMsg": "",
    "PasswordJavaRegEx": r"(?s).{5,}",
    "PasswordJavaRegExViolationErrorMsg": "",
    "Disabled": _FALSE,
}
_ACTIVE_DIRECTORY = {
    "UserNameAttribute": "sAMAccountName",
    "UserIDAttribute": "objectGUID",
    "UserNameSearchFilter": "(&(objectClass=user)(sAMAccountName=?))",
    "UserNameListFilter": "(&(objectClass=user)(!(objectClass=computer)))",
    "UserEntryObjectClass": "user",
    "GroupNameListFilter": "(objectClass=group)",
    "MemberOfAttribute": "memberOf",
}
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9\-]{0,63}|[0-9]+(?:\.[0-9]+)+")  # RFC 4512 §1.4
_REQUIRED = ("ConnectionURL", "ConnectionName", "UserSearchBase")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryTerms:
    """How a directory is reached and asked. Seconds are whole: a directory's protocol counts in them."""

    urls: tuple[str, ...]
    user: str
    start_tls: bool
    authority: str
    connect_seconds: int
    read_seconds: int
    user_base: str
    name_attribute: str
    id_attribute: str
    user_filter: str
    list_filter: str
    object_class: str
    dn_pattern: str
    users_max: int
    group_base: str
    group_name_attribute: str
    group_filter: str
    member_attribute: str
    member_of_attribute: str
    reads_groups: bool
    case_sensitive: bool
    username_pattern: str
    username_problem: str
    password_pattern: str
    password_problem: str
    role_mapping: Mapping[str, frozenset[str]] = field(hash=False)


def properties_of(kind: StoreType) -> dict[str, str]:
    """Every property that a store of this kind may have, with its default."""
    return _COMMON | (_ACTIVE_DIRECTORY if kind is StoreType.ACTIVE_DIRECTORY else {})


def terms_of(kind: StoreType, properties: Mapping[str, str]) -> DirectoryTerms:
    """What these properties mean. Raises Invalid that names the property at fault."""
    told = properties_of(kind) | {name: value for name, value in properties.items() if value != ""}
    for name in _REQUIRED:
        if not told[name].strip():
            raise Invalid.field(name, "is required")
    start_tls = _flag(told, "StartTLSEnabled")
    return DirectoryTerms(
        urls=_urls(told["ConnectionURL"], start_tls=start_tls),
        user=told["ConnectionName"],
        start_tls=start_tls,
        authority=_authority(told["CACertificate"]),
        connect_seconds=_seconds(told, "LDAPConnectionTimeout"),
        read_seconds=_seconds(told, "ReadTimeout"),
        user_base=told["UserSearchBase"],
        name_attribute=_attribute(told, "UserNameAttribute"),
        id_attribute=_attribute(told, "UserIDAttribute"),
        user_filter=_filter(told, "UserNameSearchFilter", placeholder=True),
        list_filter=_filter(told, "UserNameListFilter", placeholder=False),
        object_class=_attribute(told, "UserEntryObjectClass"),
        dn_pattern=_dn_pattern(told),
        users_max=_number(told, "MaxUserNameListLength", USERS_MAX),
        group_base=told["GroupSearchBase"],
        group_name_attribute=_attribute(told, "GroupNameAttribute"),
        group_filter=_filter(told, "GroupNameListFilter", placeholder=False),
        member_attribute=_attribute(told, "MembershipAttribute"),
        member_of_attribute=_attribute(told, "MemberOfAttribute") if told["MemberOfAttribute"] else "",
        reads_groups=_flag(told, "ReadGroups"),
        case_sensitive=not _flag(told, "CaseInsensitiveUsername"),
        username_pattern=told["UsernameJavaRegEx"],
        username_problem=told["UsernameJavaRegExViolationErrorMsg"] or "breaks the user store's rule for names",
        password_pattern=told["PasswordJavaRegEx"],
        password_problem=told["PasswordJavaRegExViolationErrorMsg"] or "breaks the user store's rule for passwords",
        role_mapping=_role_mapping(told["RoleMapping"]),
    )


def _urls(text: str, *, start_tls: bool) -> tuple[str, ...]:
    urls = tuple(text.split())
    if len(urls) > URLS_MAX:
        raise Invalid.field("ConnectionURL", f"may name at most {URLS_MAX} servers")
    for url in urls:
        parts = _split(url)
        if parts is None:
            raise Invalid.field(
                "ConnectionURL", "is one or several of ldaps://host:636 or ldap://host:389, apart by spaces"
            )
        scheme, host = parts
        if scheme == "ldap" and not start_tls and host not in _LOOPBACK:
            problem = "sends passwords in the clear: use ldaps://, or set StartTLSEnabled to true"
            raise Invalid.field("ConnectionURL", problem)
    return urls


def _split(url: str) -> tuple[str, str] | None:
    """Scheme and host; None when it is no address of a directory."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"ldap", "ldaps"} and parts.port != 0 and not (parts.username or parts.query)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname) if good and parts.hostname and parts.path in {"", "/"} else None


def _authority(text: str) -> str:
    if text and not ("-----BEGIN CERTIFICATE-----" in text and "-----END CERTIFICATE-----" in text):
        raise Invalid.field("CACertificate", "is no certificate in PEM")
    return text


def _seconds(told: Mapping[str, str], name: str) -> int:
    return max(1, _number(told, name, SECONDS_MAX * 1000) // 1000)


def _number(told: Mapping[str, str], name: str, maximum: int) -> int:
    text = told[name].strip()
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= maximum):
        raise Invalid.field(name, f"must be a whole number from 1 to {maximum}")
    return int(text)


def _flag(told: Mapping[str, str], name: str) -> bool:
    text = told[name].strip().lower()
    if text not in {_TRUE, _FALSE}:
        raise Invalid.field(name, "must be true or false")
    return text == _TRUE


def _attribute(told: Mapping[str, str], name: str) -> str:
    text = told[name].strip()
    if not _ATTRIBUTE.fullmatch(text):
        raise Invalid.field(name, "is no name of an attribute or an object class")
    return text


def _filter(told: Mapping[str, str], name: str, *, placeholder: bool) -> str:
    text = told[name].strip()
    if not (text.startswith("(") and text.endswith(")") and text.count("(") == text.count(")")):
        raise Invalid.field(name, "must be a search filter in brackets (RFC 4515)")
    if placeholder != ("?" in text):
        problem = "must hold a ? for the user's name" if placeholder else "is a filter for all: it may hold no ?"
        raise Invalid.field(name, problem)
    return text


def _dn_pattern(told: Mapping[str, str]) -> str:
    text = told["UserDNPattern"].strip()
    if text and text.count("{0}") != 1:
        raise Invalid.field("UserDNPattern", "must hold {0} once, where the user's name stands")
    return text


def _role_mapping(text: str) -> dict[str, frozenset[str]]:
    mapping: dict[str, frozenset[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        group, separator, names = part.partition("=")
        roles = frozenset(filter(None, (name.strip() for name in names.split(","))))
        if not separator or not group.strip() or not roles:
            raise Invalid.field("RoleMapping", "is written as group=role,role; group=role")
        mapping[group.strip().lower()] = roles
    return mapping
