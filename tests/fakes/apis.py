"""APIs in memory, and blobs. Verified by tests/contract/test_apis.py."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gatehouse.domain.apis.api import (
    ApiNameTaken,
    ApiNotFound,
    ApiVersionTaken,
    ContextTaken,
    ScopeTaken,
    summary_of,
)
from gatehouse.domain.apis.product import ProductContextTaken, ProductUse, ProductVersionTaken, choices
from gatehouse.domain.apis.wording import Wording
from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.publishing.lifecycle import Transition
from tests.fakes.workflows import carry_out

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.publishing.revision import Deployment, Revision
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.publishing.workflows import Along

Key = tuple[str, str]


class InMemoryApis:
    """`writes` counts what was written: "nothing written" is asserted on it. `scope_names` says who has a scope."""

    def __init__(self, artifacts: Publication) -> None:
        self._artifacts = artifacts
        self._apis: dict[Key, Api] = {}
        self._marked: set[Key] = set()
        self.scope_names: dict[Key, str] = {}
        self._history: dict[Key, list[Transition]] = {}
        self._revisions: dict[Key, dict[int, Revision]] = {}
        self._numbers: dict[Key, int] = {}
        self._deployments: dict[Key, dict[str, Deployment]] = {}
        self._requests: dict[Key, dict[str, Deployment]] = {}
        self._uses: dict[Key, dict[str, ProductUse]] = {}
        self._words: dict[Key, bytes] = {}
        self._deployed_words: dict[Key, dict[str, bytes]] = {}
        self._lock = RLock()
        self.writes = 0

    def get(self, tenant: str, api_id: str) -> Api:
        key = (tenant, api_id)
        if key not in self._apis or key in self._marked:
            raise ApiNotFound.by_id(api_id)
        return self._apis[key]

    def is_kept(self, tenant: str, api_id: str) -> bool:
        return (tenant, api_id) in self._apis

    def some(self, tenant: str, api_ids: Collection[str]) -> dict[str, Api]:
        keys = ((tenant, api_id) for api_id in api_ids)
        return {key[1]: self._apis[key] for key in keys if key in self._apis and key not in self._marked}

    def summaries(self, tenant: str) -> list[ApiSummary]:
        found = [api for (owner, _), api in self._apis.items() if owner == tenant]
        return [summary_of(api) for api in sorted(found, key=lambda api: (api.name.lower(), api.version, api.id))]

    def wordings(self, tenant: str) -> list[Wording]:
        return [Wording(api_id, words) for (owner, api_id), words in self._words.items() if owner == tenant]

    def deployed_wordings(self, tenant: str) -> list[Wording]:
        return [
            Wording(api_id, self._deployed_words[tenant, api_id][one.environment], one.environment, one.displayed)
            for owner, api_id in self._deployments
            if owner == tenant
            for one in self.deployments(tenant, api_id)
        ]

    def deployments(self, tenant: str, api_id: str) -> list[Deployment]:
        found = self._deployments.get((tenant, api_id), {})
        return [found[environment] for environment in sorted(found)]

    def deployed_in(self, tenant: str, environment: str, limit: int | None = None) -> list[str]:
        found = sorted(key for key, there in self._deployments.items() if key[0] == tenant and environment in there)
        return [api_id for _, api_id in found][:limit]

    def add(self, api: Api, changes: Sequence[Change], members: Sequence[Api] = (), *, words: bytes = b"") -> Api:
        with self._lock:
            others = [other for (tenant, _), other in self._apis.items() if tenant == api.tenant]
            same_name = [other for other in others if other.name.lower() == api.name.lower()]
            if any(other.family != api.family for other in same_name):
                raise ApiNameTaken
            if any(other.version == api.version for other in same_name):
                raise ProductVersionTaken if api.is_product else ApiVersionTaken
            if any(other.base_path == api.base_path for other in others):
                raise ProductContextTaken if api.is_product else ContextTaken
            self._require_members(members)
            self._claim_scopes(api, set(api.scopes))
            self._claim_members(api, members)
            added = replace(api, stored_version=1)
            key = (api.tenant, api.id)
            self._apis[key] = added
            self._words[key] = words
            self._history[key] = [Transition(previous=None, next=api.state, user=api.provider, at=api.created_at)]
            self._wrote(changes)
            return added

    def save(
        self,
        api: Api,
        changes: Sequence[Change],
        transition: Transition | None = None,
        members: Sequence[Api] | None = None,
        along: Sequence[Along] = (),
        *,
        words: bytes | None = None,
    ) -> Api:
        with self._lock:
            before = self.get(api.tenant, api.id)
            self._require(api)
            self._require_members(members or ())
            carry_out(along)
            self._claim_scopes(api, set(api.scopes) - set(before.scopes))
            released = set(before.scopes) - set(api.scopes)
            if members is not None:
                self._release_members(before)
                self._claim_members(api, members)
            saved = replace(api, stored_version=api.stored_version + 1)
            self._apis[api.tenant, api.id] = saved
            if words is not None:
                self._words[api.tenant, api.id] = words
            self._release_scopes(api, released)
            if transition is not None:
                self._history[api.tenant, api.id].append(transition)
            self._wrote(changes)
            return saved

    def uses(self, tenant: str, api_id: str) -> list[ProductUse]:
        found = self._uses.get((tenant, api_id), {})
        return [found[product] for product in sorted(found)]

    def removable(self, tenant: str, api_id: str) -> Api:
        if (tenant, api_id) not in self._apis:
            raise ApiNotFound.by_id(api_id)
        return self._apis[tenant, api_id]

    def mark_for_removal(self, api: Api) -> Api:
        with self._lock:
            self._require_version(api)
            marked = replace(api, stored_version=api.stored_version + 1)
            self._apis[api.tenant, api.id] = marked
            self._marked.add((api.tenant, api.id))
            return marked

    def unmark(self, api: Api) -> None:
        with self._lock:
            self._require_version(api)
            self._marked.discard((api.tenant, api.id))

    def remove(self, api: Api, changes: Sequence[Change]) -> None:
        key = (api.tenant, api.id)
        self._require_version(api)
        if key not in self._marked:
            raise Changed
        self._marked.discard(key)
        self._release_members(api)
        for kept in (self._apis, self._history, self._revisions, self._deployments, self._requests, self._words):
            kept.pop(key, None)
        self._release_scopes(api, set(api.scopes))
        self._wrote(changes)

    def history(self, tenant: str, api_id: str) -> list[Transition]:
        return list(self._history.get((tenant, api_id), []))

    def add_revision(self, revision: Revision) -> None:
        key = (revision.tenant, revision.api_id)
        with self._lock:
            if revision.number <= self._numbers.get(key, 0) or key not in self._apis or key in self._marked:
                raise Changed
            self._numbers[key] = revision.number
            self._revisions.setdefault(key, {})[revision.number] = revision
            self.writes += 1

    def revisions(self, tenant: str, api_id: str) -> list[Revision]:
        found = self._revisions.get((tenant, api_id), {})
        return [found[number] for number in sorted(found)]

    def next_revision_number(self, tenant: str, api_id: str) -> int:
        return self._numbers.get((tenant, api_id), 0) + 1

    def remove_revision(self, revision: Revision) -> None:
        with self._lock:
            found = self._revisions.get((revision.tenant, revision.api_id), {})
            if revision.number not in found or found[revision.number].stored_version != revision.stored_version:
                raise Changed
            del found[revision.number]
            self.writes += 1

    def board(self, tenant: str, api_id: str) -> tuple[list[Deployment], list[Deployment]]:
        asked = self._requests.get((tenant, api_id), {})
        return self.deployments(tenant, api_id), [asked[environment] for environment in sorted(asked)]

    def request(self, api: Api, requests: Sequence[Deployment], *, along: Sequence[Along] = ()) -> None:
        with self._lock:
            self._require(api)
            carry_out(along)
            there = self._requests.setdefault((api.tenant, api.id), {})
            there |= {one.environment: one for one in requests}
            self.writes += 1

    def settle(self, request: Deployment, rejected: Deployment | None = None, *, along: Sequence[Along] = ()) -> None:
        with self._lock:
            self._require_request(request)
            carry_out(along)
            there = self._requests[request.tenant, request.api_id]
            del there[request.environment]
            if rejected:
                there[request.environment] = rejected
            self.writes += 1

    def _require_request(self, request: Deployment) -> None:
        found = self._requests.get((request.tenant, request.api_id), {}).get(request.environment)
        if found is None or found.workflow != request.workflow:
            raise Changed

    def deploy(
        self,
        api: Api,
        deployments: Sequence[Deployment],
        changes: Sequence[Change],
        *,
        requests: Sequence[Deployment] = (),
        along: Sequence[Along] = (),
        words: bytes = b"",
    ) -> None:
        key = (api.tenant, api.id)
        with self._lock:
            self._require(api)
            revisions = self._revisions.get(key, {})
            numbers = {deployment.revision_number for deployment in deployments}
            if not numbers <= set(revisions):
                raise Changed
            for request in requests:
                self._require_request(request)
            carry_out(along)
            for request in requests:
                del self._requests[key][request.environment]
            for number in numbers:
                moved = replace(revisions[number], stored_version=revisions[number].stored_version + 1)
                revisions[number] = moved
            for deployment in deployments:
                self._deployments.setdefault(key, {})[deployment.environment] = deployment
                self._deployed_words.setdefault(key, {})[deployment.environment] = words
            self._wrote(changes)

    def save_deployment(self, deployment: Deployment) -> None:
        with self._lock:
            there = self._deployments.get((deployment.tenant, deployment.api_id), {})
            found = there.get(deployment.environment)
            if found is None or found.revision_number != deployment.revision_number:
                raise Changed
            there[deployment.environment] = deployment
            self.writes += 1

    def undeploy(
        self, api: Api, deployments: Sequence[Deployment], changes: Sequence[Change], at_last: Sequence[Change] = ()
    ) -> None:
        with self._lock:
            self._require(api)
            there = self._deployments.get((api.tenant, api.id), {})
            for gone in deployments:
                if gone.environment not in there or there[gone.environment].revision_number != gone.revision_number:
                    raise Changed
            for gone in deployments:
                del there[gone.environment]
            self._wrote([*changes, *(() if there else at_last)])

    def _require(self, api: Api) -> None:
        self._require_version(api)
        if (api.tenant, api.id) in self._marked:
            raise Changed

    def _require_version(self, api: Api) -> None:
        found = self._apis.get((api.tenant, api.id))
        if found is None or found.stored_version != api.stored_version:
            raise Changed

    def _require_members(self, members: Sequence[Api]) -> None:
        for member in members:
            self._require(member)

    def _claim_members(self, product: Api, members: Sequence[Api]) -> None:
        used = {choice.api_id: choice.operations for choice in choices(product.document)}
        for member in members:
            key = (member.tenant, member.id)
            self._apis[key] = replace(member, stored_version=member.stored_version + 1)
            operations = tuple(f"{verb} {target}" for verb, target in used[member.id])
            use = ProductUse(product_id=product.id, name=product.name, version=product.version, operations=operations)
            self._uses.setdefault(key, {})[product.id] = use

    def _release_members(self, product: Api) -> None:
        for member_id in product.members:
            self._uses.get((product.tenant, member_id), {}).pop(product.id, None)

    def _claim_scopes(self, api: Api, scopes: set[str]) -> None:
        family = f"{api.name.lower()} {api.family}"
        if any(self.scope_names.get((api.tenant, scope), family) != family for scope in scopes):
            raise ScopeTaken
        self.scope_names |= {(api.tenant, scope): family for scope in scopes}

    def _release_scopes(self, api: Api, scopes: Collection[str]) -> None:
        others = [one for (tenant, _), one in self._apis.items() if tenant == api.tenant]
        for scope in scopes:
            if not any(scope in one.scopes for one in others):
                self.scope_names.pop((api.tenant, scope), None)

    def _wrote(self, changes: Sequence[Change]) -> None:
        self.writes += 1
        self._artifacts.publish(changes)


class InMemoryBlobs:
    def __init__(self) -> None:
        self._contents: dict[tuple[str, str], bytes] = {}

    def put(self, tenant: str, content: bytes) -> str:
        key = hashlib.sha256(content).hexdigest()
        self._contents[tenant, key] = content
        return key

    def get(self, tenant: str, key: str) -> bytes:
        if (tenant, key) not in self._contents:
            raise Unavailable(key=key)
        return self._contents[tenant, key]

    def size(self, tenant: str, key: str) -> int:
        return len(self.get(tenant, key))

    def to(self, tenant: str, key: str, *, name: str, media_type: str) -> str:
        return f"https://content.example/{tenant}/{key}?{urlencode({'name': name, 'type': media_type})}"
