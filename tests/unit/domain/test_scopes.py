"""Scopes: WSO2's interfaces name them, our roles are bound to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gatehouse.domain.people.identity import ADMIN, BUILT_IN_ROLES, CREATOR, EVERYONE, PUBLISHER, SUBSCRIBER
from gatehouse.domain.tokens.scopes import ROLES_OF_SCOPE, is_free, scopes_of

ROOT = Path(__file__).parents[3]

_NAMED_BY_THE_INTERFACES = """
    apim:admin apim:admin_alert_manage apim:admin_application_view apim:admin_operations
    apim:admin_settings apim:admin_tier_manage apim:admin_tier_view apim:api_category apim:api_create
    apim:api_definition_view apim:api_delete apim:api_generate_key apim:api_import_export apim:api_key
    apim:api_list_view apim:api_manage apim:api_mediation_policy_manage apim:api_product_import_export
    apim:api_provider_change apim:api_publish apim:api_view apim:api_workflow_approve apim:api_workflow_view
    apim:app_import_export apim:app_manage apim:app_owner_change apim:app_settings_change apim:bl_manage
    apim:bl_view apim:bot_data apim:client_certificates_add apim:client_certificates_manage
    apim:client_certificates_update apim:client_certificates_view apim:comment_manage apim:comment_view
    apim:comment_write apim:common_operation_policy_manage apim:common_operation_policy_view apim:dcr:app_manage
    apim:document_create apim:document_manage apim:environment_manage apim:environment_read apim:ep_certificates_add
    apim:ep_certificates_manage apim:ep_certificates_update apim:ep_certificates_view apim:gateway_policy_manage
    apim:gateway_policy_view apim:gov_policy_manage apim:gov_policy_read apim:gov_result_read apim:gov_rule_manage
    apim:gov_rule_read apim:keymanagers_manage apim:llm_provider_manage apim:llm_provider_read apim:mcp_server_create
    apim:mcp_server_delete apim:mcp_server_generate_key apim:mcp_server_import_export apim:mcp_server_list_view
    apim:mcp_server_manage apim:mcp_server_publish apim:mcp_server_view apim:mediation_policy_create
    apim:mediation_policy_manage apim:mediation_policy_view apim:monetization_usage_publish apim:organization_manage
    apim:organization_read apim:policies_import_export apim:publisher_organization_read apim:publisher_settings
    apim:role_manage apim:scope_manage apim:shared_scope_manage apim:store_settings apim:sub_manage
    apim:subscribe apim:subscription_approval_manage apim:subscription_approval_view apim:subscription_block
    apim:subscription_manage apim:subscription_view apim:tenantInfo apim:tenant_theme_manage apim:tier_manage
    apim:tier_view service_catalog:service_view service_catalog:service_write
"""


@pytest.mark.parametrize("scope", _NAMED_BY_THE_INTERFACES.split())
def test_every_scope_that_an_interface_names_is_bound_to_the_admin(scope: str) -> None:
    assert ADMIN in ROLES_OF_SCOPE[scope]


def test_scopes_are_bound_to_roles_that_every_tenant_has() -> None:
    assert set().union(*ROLES_OF_SCOPE.values()) <= set(BUILT_IN_ROLES)


def test_an_admin_has_every_scope() -> None:
    assert scopes_of(frozenset({ADMIN})) == set(ROLES_OF_SCOPE)


def test_nobody_has_a_scope_by_merely_being_there() -> None:
    assert scopes_of(frozenset({EVERYONE})) == frozenset()


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (CREATOR, "apim:api_create", "apim:api_publish"),
        (PUBLISHER, "apim:api_publish", "apim:api_create"),
        (SUBSCRIBER, "apim:subscribe", "apim:api_view"),
    ],
)
def test_a_role_has_its_own_scopes_and_not_its_neighbours(role: str, may: str, may_not: str) -> None:
    granted = scopes_of(frozenset({role}))
    assert may in granted
    assert may_not not in granted


def test_creators_publishers_and_subscribers_may_register_clients() -> None:
    for role in (CREATOR, PUBLISHER, SUBSCRIBER):
        assert "apim:dcr:app_manage" in scopes_of(frozenset({role}))


@pytest.mark.parametrize(("scope", "free"), [("openid", True), ("device_tv", True), ("apim:admin", False), ("", False)])
def test_openid_and_devices_are_free(scope: str, *, free: bool) -> None:
    assert is_free(scope) is free


def test_every_scope_that_our_routes_demand_is_bound_to_roles() -> None:
    sources = [path.read_text() for path in (ROOT / "functions").rglob("*.py")]
    demanded = {scope for source in sources for scope in re.findall(r'"((?:apim|service_catalog):[\w:]+)"', source)}
    assert "apim:dcr:app_manage" in demanded
    assert demanded <= set(ROLES_OF_SCOPE)
