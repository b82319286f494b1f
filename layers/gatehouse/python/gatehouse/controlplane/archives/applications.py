"""Applications leave as archives, and come in as archives: with their subscriptions, and with keys of the same terms.

A secret of a client is not known to anybody but who has it, so keys do not travel: what came in gets new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.project import enveloped, listed, mapped, opened, text_of
from gatehouse.controlplane.store.applications import Draft
from gatehouse.controlplane.store.subscriptions import Wish
from gatehouse.controlplane.store.visitor import visitor
from gatehouse.domain.apis.archive import ArchiveRefused, ForeignProvider
from gatehouse.domain.applications.application import (
    ApplicationExists,
    ApplicationInactive,
    ApplicationNotFound,
    KeyExists,
    SubscriptionExists,
)
from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gatehouse.domain.people.identity import display_username, split_username

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.keys import OwnKeys
    from gatehouse.controlplane.store.subscriptions import OwnSubscriptions
    from gatehouse.controlplane.store.terms import KeyTerms, TokenTerms
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.domain.applications.application import Application, ApplicationKey
    from gatehouse.domain.applications.grant import KeyType
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.archives import Archives

APPLICATION = "application"
ORIGIN = "applicationInfo"

ShapeApplication = Callable[[Mapping[str, Any]], Draft]
ShapeKey = Callable[[Mapping[str, Any], str], "tuple[KeyType, KeyTerms, TokenTerms] | None"]
"""Checks the types of an application, and of one of its keys: None for one that an external key manager made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an import is meant. `owner` is whose the application shall be, "" for who imports it."""

    owner: str = ""
    owner_kept: bool = False
    subscriptions: bool = True
    keys: bool = True
    update: bool = False
    tier_ignored: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """An application that came in, and the APIs that it could not be subscribed to, as the archive names them."""

    application: Application
    skipped: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationArchives:
    """Exports and imports of a tenant's applications, whoever owns them: who may do either is the interface's to say."""

    applications: OwnApplications
    subscriptions: OwnSubscriptions
    keys: OwnKeys
    archives: Archives

    def export(
        self, principal: Principal, name: str, owner: str, notation: Notation, *, with_keys: bool
    ) -> tuple[str, bytes]:
        """The name of the folder, and the zip that holds it. Raises ApplicationNotFound."""
        by = _acting(principal, owner)
        found = self._named(by, name)
        if found is None:
            raise ApplicationNotFound(f"Requested application '{name}' of '{owner}' not found")
        folder = f"{display_username(by.tenant, by.user)}-{found.name}"
        data = enveloped(APPLICATION, self._data(by, found, with_keys=with_keys))
        path = f"{folder}/{APPLICATION}{notation.suffix}"
        return folder, self.archives.pack({path: self.archives.render(data, notation)})

    def run(
        self, principal: Principal, content: bytes, options: Options, shape: ShapeApplication, key_shape: ShapeKey
    ) -> Imported:
        """Take one in. Raises ArchiveRefused, ForeignProvider, ApplicationExists, and Invalid for what is in it."""
        project = opened(self.archives, content)
        if not project.find(APPLICATION):
            raise ArchiveRefused.entry(f"{APPLICATION}.yaml", "is missing: the archive holds no application")
        data = mapped(project.data(APPLICATION, APPLICATION), "data")
        info = mapped(data.get(ORIGIN), f"data.{ORIGIN}")
        draft = shape(info)
        wanted = [
            found
            for index, one in enumerate(listed(info.get("keys"), f"data.{ORIGIN}.keys") if options.keys else ())
            if (found := key_shape(one, f"data.{ORIGIN}.keys.{index}")) is not None
        ]
        subscribed = list(_subscribed(data)) if options.subscriptions else []
        by = _owning(principal, text_of(info.get("owner"), f"data.{ORIGIN}.owner"), options)
        application = self._kept(by, draft, options)
        skipped = [one for one in subscribed if not self._subscribe(by, application, one, options)]
        for key_type, terms, token in wanted:
            self._generate(by, application, key_type, terms, token)
        return Imported(self.applications.get(by, application.id), tuple(api for api, _ in skipped))

    def _data(self, by: Principal, found: Application, *, with_keys: bool) -> dict[str, Any]:
        subscribed = self.subscriptions.of_application(by, found.id)
        keys = self.keys.all(by, found.id) if with_keys else []
        return {
            ORIGIN: {
                "applicationId": found.id,
                "name": found.name,
                "throttlingPolicy": found.policy,
                "description": found.description,
                "tokenType": "JWT",
                "status": found.status.value,
                "groups": list(found.groups),
                "subscriptionCount": len(subscribed),
                "keys": [_key(key) for key in keys if key.client_id],
                "attributes": dict(found.attributes),
                "subscriptionScopes": [],
                "owner": display_username(found.tenant, found.owner),
            },
            "subscribedAPIs": [
                {
                    "apiId": {
                        "providerName": one.api.provider,
                        "apiName": one.api.name,
                        "version": one.api.version,
                    },
                    "throttlingPolicy": one.subscription.policy,
                }
                for one in subscribed
                if one.api is not None
            ],
        }

    def _kept(self, by: Principal, draft: Draft, options: Options) -> Application:
        before = self._named(by, draft.name)
        if before is None:
            return self.applications.create(by, draft)
        if not options.update:
            raise ApplicationExists(f"{by.user} has an application '{draft.name}' already; import it with update=true")
        return self.applications.update(by, before.id, draft)

    def _named(self, by: Principal, name: str) -> Application | None:
        return next((one for one in self.applications.owned(by) if one.name.lower() == name.lower()), None)

    def _subscribe(
        self, by: Principal, application: Application, wanted: tuple[Mapping[str, str], str], options: Options
    ) -> bool:
        """Whether it is subscribed to the API now: one that is not there, or takes no subscription, is left out."""
        api, policy = wanted
        summary = self._api(by, api)
        if summary is None:
            return False
        offered = summary.info.get("policies", ())
        plan = next(iter(offered), policy) if options.tier_ignored and policy not in offered else policy
        try:
            self.subscriptions.subscribe(by, Wish(application_id=application.id, api_id=summary.id, policy=plan))
        except SubscriptionExists:
            return True
        except (Invalid, Forbidden, NotFound, Conflict):
            return False
        return True

    def _api(self, by: Principal, api: Mapping[str, str]) -> ApiSummary | None:
        looking = visitor(by.tenant, by)
        for summary in self.subscriptions.storefront.listed(looking, every_version=True):
            if summary.name.lower() == api["name"].lower() and summary.version == api["version"]:
                return summary
        return None

    def _generate(
        self, by: Principal, application: Application, key_type: KeyType, terms: KeyTerms, token: TokenTerms
    ) -> None:
        """New keys; those that are there stay, because somebody uses them. An application that must wait gets none yet."""
        try:
            self.keys.generate(by, application.id, key_type, terms, token)
        except (KeyExists, ApplicationInactive):
            return


def _subscribed(data: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, str], str]]:
    """The APIs that the archive names, and on which plan. Raises ArchiveRefused."""
    for index, one in enumerate(listed(data.get("subscribedAPIs"), "data.subscribedAPIs")):
        where = f"data.subscribedAPIs.{index}"
        api = mapped(one.get("apiId"), f"{where}.apiId")
        named = {
            "name": text_of(api.get("apiName"), f"{where}.apiId.apiName"),
            "version": text_of(api.get("version"), f"{where}.apiId.version"),
            "provider": text_of(api.get("providerName"), f"{where}.apiId.providerName"),
        }
        yield named, text_of(one.get("throttlingPolicy"), f"{where}.throttlingPolicy")


def _key(key: ApplicationKey) -> dict[str, Any]:
    return {
        "keyType": key.key_type.value,
        "keyManager": key.key_manager,
        "consumerKey": key.client_id,
        "supportedGrantTypes": list(key.grant_types),
        "callbackUrl": key.callback_url,
        "mode": key.mode.value,
        "additionalProperties": dict(key.properties),
    }


def _acting(principal: Principal, owner: str) -> Principal:
    """The owner, with the rights of who asks. Raises ForeignProvider for one of another tenant."""
    if not owner:
        return principal
    tenant, user = split_username(owner) if "@" in owner else (principal.tenant, owner)
    if tenant != principal.tenant:
        raise ForeignProvider(f"The owner '{owner}' is of another tenant")
    return replace(principal, user=user)


def _owning(principal: Principal, before: str, options: Options) -> Principal:
    return _acting(principal, options.owner or (before if options.owner_kept else ""))
