"""Secrets among the parameters of policies: emptied where an API is shown, and found again when it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.registry import specification
from gatehouse.mediation.specification import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Policy = dict[str, Any]
Place = tuple[str, str]
"""Where a policy is attached: an operation, "" for the whole API, and a flow."""


def empty_secrets(document: Mapping[str, Any]) -> None:
    """Empty them, in place."""
    for _, policy in _secretive(document):
        for name in _secrets(policy):
            if policy["parameters"].get(name):
                policy["parameters"][name] = ""


def keep_secrets(document: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Fill in those that are empty, in place, from the policies that were there before."""
    now = list(_secretive(document))
    for policy, old in _recognised(now, list(_secretive(before))):
        for name in _secrets(policy):
            if name in policy["parameters"] and not policy["parameters"][name]:
                policy["parameters"][name] = old["parameters"].get(name, "")


def _recognised(
    now: Sequence[tuple[Place, Policy]], old: Sequence[tuple[Place, Policy]]
) -> Iterator[tuple[Policy, Policy]]:
    """Each policy with the one that it was: at its place the one that looks the same, else the next of its name.

    One that has moved is known again when it looks the same. So no policy of another name gets a secret.
    """
    left, found = list(old), set[int]()
    for alike in (_looks_the_same, _has_the_same_name):
        for index, (place, policy) in enumerate(now):
            match = next((one for one in left if one[0] == place and alike(one[1], policy)), None)
            if index not in found and match is not None:
                found.add(index)
                left = [one for one in left if one is not match]
                yield policy, match[1]
    for index, (_, policy) in enumerate(now):
        moved = next((one for _, one in old if _looks_the_same(one, policy)), None)
        if index not in found and moved is not None:
            yield policy, moved


def _looks_the_same(one: Policy, other: Policy) -> bool:
    return _has_the_same_name(one, other) and _shown(one) == _shown(other)


def _has_the_same_name(one: Policy, other: Policy) -> bool:
    return bool(one["policyName"] == other["policyName"])


def _shown(policy: Policy) -> dict[str, Any]:
    secrets = _secrets(policy)
    return {name: value for name, value in policy["parameters"].items() if name not in secrets}


def _secretive(document: Mapping[str, Any]) -> Iterator[tuple[Place, Policy]]:
    """The policies that take secrets, with their places."""
    for where, policies in _attachments(document):
        for flow in Flow if isinstance(policies, dict) else ():
            for policy in policies.get(flow) or ():
                if isinstance(policy, dict) and isinstance(policy.get("parameters"), dict) and _secrets(policy):
                    yield (where, flow), policy


def _attachments(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "", document.get("apiPolicies")
    for operation in document.get("operations") or ():
        yield f"{operation.get('verb')} {operation.get('target')}", operation.get("operationPolicies")


def _secrets(policy: Policy) -> tuple[str, ...]:
    known = specification(str(policy.get("policyName") or ""), str(policy.get("policyVersion") or "v1"))
    return known.secrets if known else ()
