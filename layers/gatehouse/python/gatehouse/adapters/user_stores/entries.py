"""Entries of a directory as users: which filter finds one, and what their attributes say."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from gatehouse.adapters.user_stores.routing import proof
from gatehouse.domain.people.identity import EVERYONE, User
from gatehouse.domain.people.user_store import in_domain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.domain.people.directory import DirectoryTerms
    from gatehouse.domain.people.user_store import UserStore

_IDS = uuid.UUID("0c4f4bb9-20f0-4a0e-9a7b-6b0c54f0a3d1")
_PERSON = ("givenName", "sn", "displayName", "mail")
_GUID = "objectguid"


def user_attributes(terms: DirectoryTerms) -> list[str]:
    """What is asked about a user."""
    more = [terms.member_of_attribute] if terms.member_of_attribute and terms.reads_groups else []
    return [terms.name_attribute, terms.id_attribute, *_PERSON, *more]


def filter_by_name(terms: DirectoryTerms, name: str) -> str:
    """The filter that finds the user of this name, whatever characters it has (RFC 4515 §3)."""
    return terms.user_filter.replace("?", escape_filter_chars(name))


def filter_by_id(terms: DirectoryTerms, user_id: str) -> str:
    """The filter that finds the user whose entry has this id."""
    value = escape_filter_chars(user_id)
    if terms.id_attribute.lower() == _GUID:
        value = "".join(f"\\{byte:02x}" for byte in uuid.UUID(user_id).bytes_le)
    return f"(&{terms.list_filter}({terms.id_attribute}={value}))"


def filter_by_member(terms: DirectoryTerms, name: str) -> str:
    """The filter that finds the groups of whom the directory knows under this distinguished name."""
    return f"(&{terms.group_filter}({terms.member_attribute}={escape_filter_chars(name)}))"


def name_of(terms: DirectoryTerms, entry: Any) -> str:
    """The user's name without a domain, "" when the entry has none."""
    return first(entry, terms.name_attribute)


def first(entry: Any, attribute: str) -> str:
    """The first value of an attribute as text, "" when there is none."""
    values = _values(entry, attribute)
    return values[0].decode("utf-8", "replace") if values else ""


def groups_within(terms: DirectoryTerms, entry: Any) -> list[str]:
    """The groups that the user's own entry names: the first part of each one's distinguished name."""
    names = (value.decode("utf-8", "replace") for value in _values(entry, terms.member_of_attribute))
    return [group for group in map(_first_part, names) if group]


def _first_part(name: str) -> str:
    try:
        return str(parse_dn(name)[0][1])
    except LDAPException:
        return ""


def user_of(store: UserStore, terms: DirectoryTerms, entry: Any, groups: Iterable[str]) -> User:
    """The user in this entry. Their roles are their groups, what those are mapped to, and `Internal/everyone`."""
    known = list(groups)
    mapped = (role for group in known for role in terms.role_mapping.get(group.lower(), ()))
    return User(
        tenant=store.tenant,
        id=_id(store, terms, entry),
        name=in_domain(store.domain, name_of(terms, entry)),
        roles=frozenset({EVERYONE, *mapped, *(in_domain(store.domain, group) for group in known)}),
        password_hash=proof(store.tenant, store.domain, entry["dn"]),
        profile=_profile(entry),
    )


def _id(store: UserStore, terms: DirectoryTerms, entry: Any) -> str:
    values = _values(entry, terms.id_attribute)
    if values and terms.id_attribute.lower() == _GUID:
        return str(uuid.UUID(bytes_le=values[0]))
    try:
        return str(uuid.UUID(first(entry, terms.id_attribute)))
    except ValueError:
        # A directory without unique ids: as stable as the place of the entry.
        return str(uuid.uuid5(_IDS, f"{store.tenant} {store.domain} {entry['dn'].lower()}"))


def _profile(entry: Any) -> dict[str, object]:
    given, family, shown, mail = (first(entry, attribute) for attribute in _PERSON)
    name = {"givenName": given, "familyName": family, "formatted": shown}
    profile: dict[str, object] = {"name": {key: value for key, value in name.items() if value}}
    if mail:
        profile["emails"] = [{"value": mail, "primary": True}]
    return {key: value for key, value in profile.items() if value}


def _values(entry: Any, attribute: str) -> list[bytes]:
    # Names of attributes are compared without regard to case (RFC 4512 §2.5).
    found = (values for name, values in entry["raw_attributes"].items() if name.lower() == attribute.lower())
    return list(next(found, []))
