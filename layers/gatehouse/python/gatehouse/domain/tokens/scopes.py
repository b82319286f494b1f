"""A scope is a right to a group of operations; roles are bound to scopes, and a token gets those its user's roles allow.

The bindings are WSO2's defaults (`RESTAPIScopes` of a new tenant), with one difference: `admin` has every scope. A tenant's
administrator may change them (`ScopeBindings`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import (
    ADMIN,
    ANALYTICS,
    CREATOR,
    DEVOPS,
    INTEGRATION_DEVELOPER,
    OBSERVER,
    PUBLISHER,
    SUBSCRIBER,
)
from gatehouse.domain.tokens.authorization import OFFLINE_ACCESS

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADMIN = """
    apim:admin apim:admin_alert_manage apim:admin_application_view apim:admin_operations apim:admin_settings
    apim:admin_tier_manage apim:admin_tier_view apim:api_category apim:api_manage apim:api_provider_change
    apim:api_workflow_approve apim:api_workflow_view apim:app_owner_change apim:app_settings_change apim:bl_manage
    apim:bl_view apim:bot_data apim:environment_manage apim:environment_read apim:gateway_policy_manage
    apim:gov_policy_manage apim:gov_rule_manage apim:keymanagers_manage apim:llm_provider_manage apim:mcp_server_manage
    apim:organization_manage apim:organization_read apim:role_manage apim:scope_manage apim:shared_scope_manage
    apim:tenantInfo apim:tenant_theme_manage apim:tier_manage
"""

_CREATOR = """
    apim:api_create apim:api_delete apim:api_mediation_policy_manage apim:client_certificates_add
    apim:client_certificates_manage apim:client_certificates_update apim:client_certificates_view
    apim:common_operation_policy_manage apim:ep_certificates_add apim:ep_certificates_manage apim:ep_certificates_update
    apim:ep_certificates_view apim:mcp_server_create apim:mcp_server_delete apim:mediation_policy_create
    apim:mediation_policy_manage apim:mediation_policy_view apim:pub_alert_manage service_catalog:service_write
"""

_PUBLISHER = """
    apim:api_publish apim:mcp_server_publish apim:monetization_usage_publish apim:subscription_approval_manage
    apim:subscription_block apim:subscription_manage
"""

_CREATOR_AND_PUBLISHER = """
    apim:api_generate_key apim:comment_manage apim:comment_view apim:comment_write apim:document_create
    apim:document_manage apim:llm_provider_read apim:mcp_server_generate_key apim:publisher_organization_read
    apim:subscription_approval_view apim:subscription_view apim:tier_view service_catalog:service_view
"""

_READERS_OF_POLICIES = """
    apim:common_operation_policy_view apim:gateway_policy_view apim:gov_policy_read apim:gov_result_read
    apim:gov_rule_read apim:publisher_settings
"""

_DEVOPS = """
    apim:api_import_export apim:api_product_import_export apim:app_import_export apim:mcp_server_import_export
    apim:policies_import_export
"""

_BINDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_ADMIN, ()),
    (_CREATOR, (CREATOR,)),
    (_PUBLISHER, (PUBLISHER,)),
    (_CREATOR_AND_PUBLISHER, (CREATOR, PUBLISHER)),
    (_READERS_OF_POLICIES, (CREATOR, PUBLISHER, OBSERVER)),
    ("apim:api_view apim:mcp_server_view", (CREATOR, PUBLISHER, ANALYTICS, OBSERVER)),
    ("apim:api_list_view apim:api_definition_view apim:mcp_server_list_view", (INTEGRATION_DEVELOPER,)),
    ("apim:api_key apim:store_settings apim:sub_alert_manage", (SUBSCRIBER,)),
    ("apim:app_manage apim:sub_manage apim:subscribe", (SUBSCRIBER, DEVOPS)),
    (_DEVOPS, (DEVOPS,)),
    # Whoever works here registers clients: apictl does at each user's first login.
    (
        "apim:dcr:app_manage",
        (CREATOR, PUBLISHER, SUBSCRIBER, DEVOPS, OBSERVER, ANALYTICS, INTEGRATION_DEVELOPER),
    ),
)

ROLES_OF_SCOPE: dict[str, frozenset[str]] = {
    scope: frozenset({ADMIN, *roles}) for scopes, roles in _BINDINGS for scope in scopes.split()
}


@dataclass(frozen=True, slots=True)
class ScopeBindings:
    """Which roles have which scope in a tenant. `aliases` are other names of roles: who has one has what the role has."""

    roles: Mapping[str, frozenset[str]]
    aliases: Mapping[str, frozenset[str]]

    @classmethod
    def from_body(cls, body: Mapping[str, object] | None) -> ScopeBindings:
        """The bindings in an artifact; what it does not say, or None, is as by default."""
        told = body or {}
        return cls({**ROLES_OF_SCOPE, **_sets(told.get("roles"))}, _sets(told.get("aliases")))

    def to_body(self) -> dict[str, object]:
        """What of it is not as by default, as an artifact keeps it."""
        changed = {scope: sorted(own) for scope, own in self.roles.items() if own != ROLES_OF_SCOPE.get(scope)}
        return {"roles": changed, "aliases": {role: sorted(others) for role, others in self.aliases.items()}}

    def rebound(self, roles: Mapping[str, frozenset[str]]) -> ScopeBindings:
        """With these scopes bound to these roles, and the administrator."""
        return ScopeBindings({**self.roles, **{scope: own | {ADMIN} for scope, own in roles.items()}}, self.aliases)

    def renamed(self, aliases: Mapping[str, frozenset[str]]) -> ScopeBindings:
        """With these aliases and no others."""
        return ScopeBindings(self.roles, aliases)

    def scopes_of(self, roles: frozenset[str]) -> frozenset[str]:
        """Every scope that these roles are bound to."""
        meant = {*roles, *(role for role, others in self.aliases.items() if not others.isdisjoint(roles))}
        return frozenset(scope for scope, allowed in self.roles.items() if not allowed.isdisjoint(meant))


def _sets(told: object) -> dict[str, frozenset[str]]:
    return {name: frozenset(map(str, own)) for name, own in told.items()} if isinstance(told, dict) else {}


OPENID = "openid"
PROFILE = "profile"
EMAIL = "email"
OF_OPENID = frozenset({OPENID, PROFILE, EMAIL, OFFLINE_ACCESS})
_DEVICE_PREFIX = "device_"


def scopes_of(roles: frozenset[str]) -> frozenset[str]:
    """Every scope that these roles are bound to."""
    return frozenset(scope for scope, allowed in ROLES_OF_SCOPE.items() if not allowed.isdisjoint(roles))


def is_free(scope: str) -> bool:
    """Whether anybody may have it: those of OpenID, and any `device_…`, which WSO2's clients use to get distinct tokens."""
    return scope in OF_OPENID or scope.startswith(_DEVICE_PREFIX)
