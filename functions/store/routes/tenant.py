"""What a client must know of the server and the tenant: tiers, key managers, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.store import views
from functions.store.routes.common import SUBSCRIBE, visiting
from gatehouse.controlplane.organizations import Organizations
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.domain.throttling.policy import PolicyKind
from gatehouse.domain.tokens.oauth import SERVED_GRANTS
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.paging import envelope
from gatehouse.edge.shared.plans import plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.store.keys import OwnKeys
    from gatehouse.controlplane.store.recommendations import Recommendations
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.edge.http import Request

TIERS = "Throttling Policies"
SETTINGS = "Settings"


class LevelUnknown(Invalid):
    """Developers choose tiers of applications and of subscriptions, and no others."""

    code = 900968
    message = "Policy level is not supported"


def routes(
    storefront: Storefront, keys: OwnKeys, recommendations: Recommendations, scopes: Sequence[str]
) -> tuple[Operation, ...]:
    """`scopes` are those of the other operations; a portal asks for all of them at log-in."""
    tenant = _Tenant(storefront, keys, recommendations, scopes)
    return (
        Operation(
            method="GET",
            path="/throttling-policies/{policyLevel}",
            id="listTiers",
            route=tenant.tiers,
            summary="The tiers that an application or a subscription can have",
            tag=TIERS,
            authenticated=False,
            query=("limit", "offset"),
        ),
        Operation(
            method="GET",
            path="/throttling-policies/{policyLevel}/{policyId}",
            id="getTier",
            route=tenant.tier,
            summary="One tier, by its name",
            tag=TIERS,
            authenticated=False,
        ),
        Operation(
            method="GET",
            path="/key-managers",
            id="listKeyManagers",
            route=tenant.key_managers,
            summary="The key managers that keys can be made or mapped at",
            tag="Key Managers",
            scopes=(SUBSCRIBE,),
        ),
        Operation(
            method="GET",
            path="/settings",
            id="getStoreSettings",
            route=tenant.settings,
            summary="What a developer portal must know before anybody has logged in",
            tag=SETTINGS,
            authenticated=False,
        ),
        Operation(
            method="GET",
            path="/settings/application-attributes",
            id="listApplicationAttributes",
            route=tenant.attributes,
            summary="The attributes that the tenant wants of applications",
            tag=SETTINGS,
            scopes=(SUBSCRIBE,),
        ),
    )


class _Tenant:
    def __init__(
        self, storefront: Storefront, keys: OwnKeys, recommendations: Recommendations, scopes: Sequence[str]
    ) -> None:
        self._storefront = storefront
        self._recommendations = recommendations
        self._organizations = Organizations(settings=storefront.environments.settings)
        self._keys = keys
        self._scopes = scopes

    def tiers(self, request: Request) -> Answer:
        kind = _kind(request)
        page = page_of(self._storefront.tiers(visiting(request), kind), request.slice())
        resource = f"/throttling-policies/{kind}"
        return Answer(body=envelope(page, plan, resource=resource, query=request.query))

    def tier(self, request: Request) -> Answer:
        kind, name = _kind(request), request.path["policyId"]
        return Answer(body=plan(self._storefront.tier(visiting(request), kind, name)))

    def key_managers(self, request: Request) -> Answer:
        resident = [views.key_manager(found) for found in self._keys.residents_of(request.principal)]
        external = [views.external_key_manager(found) for found in self._keys.key_managers(request.principal)]
        return Answer(body={"count": len(resident) + len(external), "list": [*resident, *external]})

    def settings(self, request: Request) -> Answer:
        display = self._storefront.reception.display(visiting(request).tenant)
        return Answer(
            body={
                "grantTypes": list(SERVED_GRANTS),
                "scopes": list(self._scopes),
                "applicationSharingEnabled": self._keys.applications.sharing.is_on(visiting(request).tenant),
                "IsLegacyApiKeysEnabled": False,
                "mapExistingAuthApps": True,
                "apiGatewayEndpoint": self._storefront.environments.gateway_url,
                "monetizationEnabled": False,
                "recommendationEnabled": self._recommendations.is_on(visiting(request).tenant),
                "IsUnlimitedTierPaid": False,
                "identityProvider": {"external": False},
                "IsAnonymousModeEnabled": display.to_strangers,
                "IsPasswordChangeEnabled": False,
                "IsJWTEnabledForLoginTokens": True,
                "orgAccessControlEnabled": bool(self._organizations.all(visiting(request).tenant)),
                "apiChatEnabled": False,
                "aiAuthTokenProvided": False,
                "marketplaceAssistantEnabled": False,
                "orgWideAppUpdateEnabled": False,
                "devportalMode": "API_ONLY",
            }
        )

    def attributes(self, request: Request) -> Answer:
        known = self._keys.applications.attributes.known(request.principal.tenant)
        listed = [views.application_attribute(attribute) for attribute in known]
        return Answer(body={"count": len(listed), "list": listed})


def _kind(request: Request) -> PolicyKind:
    level = request.path["policyLevel"]
    if level not in {PolicyKind.APPLICATION, PolicyKind.SUBSCRIPTION}:
        raise LevelUnknown.field("policyLevel", f"'{level}' is neither application nor subscription")
    return PolicyKind(level)
