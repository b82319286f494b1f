"""Attributes of a call, as custom rules name them in key templates and expressions.

| name             | what                                                                             |
|------------------|----------------------------------------------------------------------------------|
| `userId`         | full user name, or the consumer key of an application's own token                |
| `apiContext`     | base path, with the version and, outside the super tenant, `/t/{tenant}`         |
| `apiVersion`     | version of the API                                                               |
| `resourceKey`    | `{apiContext}/{apiVersion}{template}:{verb}` as WSO2 writes it                   |
| `appTenant`      | tenant of the application's owner                                                |
| `apiTenant`      | tenant of the API                                                                |
| `appId`          | id of the application                                                            |
| `clientIp`       | the caller's address                                                             |
| `customProperty` | the claims of the caller's token                                                 |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.people.identity import SUPER_TENANT, split_username

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Grant
    from gatehouse.domain.publishing.deployed import DeployedApi


def full_context(deployed: DeployedApi) -> str:
    """The path under which an API is called, its tenant included."""
    return deployed.base_path if deployed.tenant == SUPER_TENANT else f"/t/{deployed.tenant}{deployed.base_path}"


def attributes(call: Call, grant: Grant) -> dict[str, Any]:
    """All of them; what a call has not is "", or an empty map."""
    target, identity = grant.caller.target, grant.caller.identity
    deployed, operation = target.api.deployed, target.operation
    context = full_context(deployed)
    application = grant.application
    return {
        "userId": identity.subject,
        "apiContext": context,
        "apiVersion": deployed.version,
        "resourceKey": f"{context}/{deployed.version}{operation.target}:{operation.verb}",
        "appTenant": split_username(application.owner)[0] if application else "",
        "apiTenant": deployed.tenant,
        "appId": application.application_id if application else "",
        "clientIp": call.address,
        "customProperty": dict(identity.claims),
    }
