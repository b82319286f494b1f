"""Keys of counters: what is counted together has one item in table `counters`, named by these.

The call path counts under them; the traffic manager finds, shows and resets what stands there.

| key                              | counts                                                                   |
|----------------------------------|--------------------------------------------------------------------------|
| `A#{tenant}#{api}`               | all calls of an API                                                      |
| `R#{tenant}#{api}#{resource}`    | all calls of one operation; `resource` is hashed                         |
| `S#{tenant}#{holder}#{api}`      | a subscription; the holder is an application, or a client certificate    |
| `U#{tenant}#{api}#{address}`     | calls without a subscription, by address (hashed)                        |
| `P#{tenant}#{application}#{user}`| one user of an application (hashed)                                      |
| `B#{tenant}#{api}#{key type}`    | everything that goes to a backend                                        |
| `C#{owner}#{rule}#{value}`       | a custom rule, by the value of its key (hashed), whoever owns the API     |

An advanced policy adds `#{user}` (hashed) when it counts each user by itself, and `#{group}` when a conditional group applies.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from gatehouse.domain.people.identity import SUPER_TENANT

HASHES_REMEMBERED = 4096


def api_counter(tenant: str, api_id: str) -> str:
    """Of the whole API."""
    return f"A#{tenant}#{api_id}"


def resource_counter(tenant: str, api_id: str, verb: str, target: str) -> str:
    """Of one operation of an API."""
    return f"R#{tenant}#{api_id}#{hashed(f'{verb} {target}')}"


def subscription_counter(tenant: str, holder: str, api_id: str) -> str:
    """Of a subscription. `holder` is the application's id, or the id that a client certificate subscribes with."""
    return f"S#{tenant}#{holder}#{api_id}"


def address_counter(tenant: str, api_id: str, address: str) -> str:
    """Of who calls an API without a subscription."""
    return f"U#{tenant}#{api_id}#{hashed(address)}"


def application_counter(tenant: str, application_id: str, user: str) -> str:
    """Of one user of an application. `user` is a full user name, or the consumer key of the application's own token."""
    return f"P#{tenant}#{application_id}#{hashed(user)}"


def backend_counter(tenant: str, api_id: str, key_type: str) -> str:
    """Of one side of an API's backend."""
    return f"B#{tenant}#{api_id}#{key_type}"


def rule_counter(rule_id: str, value: str) -> str:
    """Of a custom rule and one value of its key, over the APIs of all tenants: the super tenant owns the rules."""
    return f"C#{SUPER_TENANT}#{rule_id}#{hashed(value)}"


@lru_cache(HASHES_REMEMBERED)
def hashed(text: str) -> str:
    """A short name for something that may be long or personal."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
