"""Identity's composition root: HTTP events, and the deployment that brings the first tenant."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.identity.account.password import password_interface
from functions.identity.interface import account_interface, scim_interface
from functions.identity.parts import World, assemble
from functions.identity.server.interface import server_interface
from functions.identity.server.tenants import tenant_operations
from functions.identity.soap.messages import fault
from functions.identity.soap.routes import soap_interface
from gatehouse.adapters.approvals import approvals
from gatehouse.adapters.aws import dynamodb_client, secrets_client
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import SubscriptionTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.estate import TableEstate, Tables
from gatehouse.adapters.dynamo.identity import RecoveryTable, RoleTable, TenantTable, UserTable
from gatehouse.adapters.dynamo.identity_providers import IdentityProviderTable
from gatehouse.adapters.dynamo.lockouts import LockoutTable
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.adapters.dynamo.settings import PolicyTable
from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.adapters.dynamo.user_stores import UserStoreTable
from gatehouse.adapters.dynamo.workflows import WorkflowTable
from gatehouse.adapters.estates import Estates, Ties
from gatehouse.adapters.invoking.desk import DECIDE, carry_out
from gatehouse.adapters.keys.passwords import Argon2Passwords
from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.login import LogJournal, user_store_seal
from gatehouse.adapters.login.journal import write_line
from gatehouse.adapters.objects.blobs import BucketBlobs, blob_client
from gatehouse.adapters.outward.mail import SesMail
from gatehouse.adapters.user_stores.opening import LdapDirectories
from gatehouse.controlplane.identity.account_locks import AccountLocks
from gatehouse.controlplane.identity.directory_accounts import DirectoryAccounts
from gatehouse.controlplane.identity.identity_providers import IdentityProviderAdministration
from gatehouse.controlplane.identity.renewal import RenewingLogin
from gatehouse.controlplane.identity.user_stores import UserStoreAdministration
from gatehouse.controlplane.organizations import Organizations
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.edge.composition import callers
from gatehouse.edge.deployment import answer, is_deployment
from gatehouse.edge.post import LoggedMail
from gatehouse.edge.scim import scim_error
from gatehouse.edge.surface import Surface
from gatehouse.settings import IdentitySettings

if TYPE_CHECKING:
    from collections.abc import Mapping

RESET_FIRST_ADMIN = "reset-first-admin"
"""What `make admin-password` asks of the function, after it has changed the secret."""

_settings = IdentitySettings.from_environment(os.environ)
_callers = callers(_settings)
_artifacts = ArtifactTable(_settings.artifacts_table)
_users = UserTable(_settings.identity_table, _artifacts)
_passwords = Argon2Passwords()
_callers = replace(
    _callers,
    authentication=RenewingLogin(login=_callers.authentication, users=_users, passwords=_passwords),
)
_approvals = approvals(
    settings_table=_settings.settings_table,
    workflows_table=_settings.workflows_table,
    clock=_callers.clock,
    remembered_seconds=_settings.max_staleness_seconds,
)
_parts = assemble(
    World(
        users=_users,
        roles=RoleTable(_settings.identity_table),
        tenants=TenantTable(_settings.identity_table, _artifacts),
        configurations=TenantConfigurationTable(_settings.settings_table),
        policies=PolicyTable(_settings.settings_table, _artifacts),
        estate=Estates(
            Ties(
                SubscriptionTable(_settings.applications_table, ApiTable(_settings.apis_table, _artifacts), _artifacts),
                WorkflowTable(_settings.workflows_table),
            ),
            BucketBlobs(blob_client(), _settings.content_bucket),
            TableEstate(
                Tables(
                    apis=_settings.apis_table,
                    applications=_settings.applications_table,
                    artifacts=_settings.artifacts_table,
                    identity=_settings.identity_table,
                    oauth=_settings.oauth_table,
                    settings=_settings.settings_table,
                    workflows=_settings.workflows_table,
                )
            ),
        ),
        passwords=_passwords,
        recovery_codes=RecoveryTable(_settings.identity_table),
        approvals=_approvals,
        mail=LoggedMail(SesMail(_settings.mail_sender)),
        clock=_callers.clock,
        pause=time.sleep,
        management_url=_settings.management_url,
    )
)
_seal = user_store_seal(_settings)
_locks = AccountLocks(
    lockouts=LockoutTable(dynamodb_client(), _settings.identity_table),
    journal=LogJournal(write_line),
    clock=_callers.clock,
)
_identity_providers = IdentityProviderAdministration(
    providers=IdentityProviderTable(dynamodb_client(), _settings.identity_table), seal=_seal
)
_user_stores = UserStoreAdministration(
    stores=UserStoreTable(dynamodb_client(), _settings.identity_table), directories=LdapDirectories(_seal), seal=_seal
)
_directory_accounts = DirectoryAccounts(stores=_user_stores, publication=_artifacts, clock=_callers.clock)
_first_admin = SecretDocument(secrets_client(), _settings.first_admin_secret)
_scim = Surface(scim_interface(_parts, _locks, _directory_accounts), _callers, render_error=scim_error)
_surfaces = (
    _scim,
    Surface(account_interface(_parts), _callers),
    Surface(
        password_interface(
            _parts.own_account, Organizations(settings=RecordTable(_settings.settings_table, _artifacts))
        ),
        _callers,
    ),
    Surface(soap_interface(_parts), _callers, render_error=fault),
    Surface(
        server_interface(_user_stores, _identity_providers, *tenant_operations(_parts.tenancy, _parts.accounts.users)),
        _callers,
    ),
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any] | None:
    """Answer an HTTP event, CloudFormation's `Custom::FirstTenant`, or carry out what an administrator has decided."""
    if is_deployment(event):
        answer(event, _provision)
        return None
    if event.get("action") == RESET_FIRST_ADMIN:
        admin = SecretDocument(secrets_client(), _settings.first_admin_secret).read()
        _parts.tenancy.reset_admin(SUPER_TENANT, admin["username"], admin["password"])
        return None
    if event.get("action") == DECIDE:
        return carry_out(event, _parts.desk, _approvals.workflows)
    surface = next((one for one in _surfaces if one.serves(event["rawPath"])), _scim)
    return surface(event, context)


def _provision(_properties: Mapping[str, Any]) -> None:
    admin = _first_admin.read()
    _parts.tenancy.provision(SUPER_TENANT, admin["username"], admin["password"])
