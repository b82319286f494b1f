"""How the publisher interface shows APIs, revisions, deployments and life cycles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.endpoints import redacted
from gatehouse.controlplane.publishing.lifecycles import checklist_of
from gatehouse.domain.apis.service import SERVICE_INFO
from gatehouse.domain.publishing.revision import DeploymentStatus
from gatehouse.domain.publishing.workflow import WorkflowStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.apis.definition import Definition
    from gatehouse.domain.apis.product import ProductUse
    from gatehouse.domain.errors import Invalid
    from gatehouse.domain.publishing.lifecycle import Machine, Transition
    from gatehouse.domain.publishing.revision import Deployment, Revision


def api(api: Api, uses: Sequence[ProductUse] = (), service: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The whole document, without endpoint secrets. `uses` are those of products that may use its operations.

    `service` is what is shown of the service that it was made of.
    """
    document = redacted(api.document)
    return {
        **document,
        **({SERVICE_INFO: dict(service)} if service else {}),
        "operations": [
            {**operation, "usedProductIds": _users(uses, operation)} for operation in document["operations"]
        ],
        "id": api.id,
        "name": api.name,
        "context": api.context,
        "version": api.version,
        "provider": api.provider,
        "lifeCycleStatus": api.state,
        "isRevision": False,
        "revisionId": 0,
        "workflowStatus": WorkflowStatus.CREATED if api.workflow else None,
        "createdTime": str(api.created_at),
        "lastUpdatedTimestamp": str(api.updated_at),
        "lastUpdatedTime": _time(api.updated_at),
    }


def _users(uses: Sequence[ProductUse], operation: Mapping[str, Any]) -> list[str]:
    return [use.product_id for use in uses if f"{operation['verb']} {operation['target']}" in use.operations]


def info(summary: ApiSummary) -> dict[str, Any]:
    """A line of the list."""
    known = summary.info
    owners = known.get("businessInformation") or {}
    return {
        "id": summary.id,
        "name": summary.name,
        "displayName": known.get("displayName", summary.name),
        "description": known.get("description"),
        "context": summary.context,
        "version": summary.version,
        "provider": summary.provider,
        "type": known.get("type", "HTTP"),
        "audience": known.get("audience"),
        "audiences": known.get("audiences", []),
        "lifeCycleStatus": summary.state,
        "workflowStatus": WorkflowStatus.CREATED if summary.info.get("waits") else None,
        "hasThumbnail": known.get("hasThumbnail", False),
        "securityScheme": known.get("securityScheme", []),
        "additionalProperties": known.get("additionalProperties", []),
        "createdTime": str(summary.created_at),
        "updatedTime": str(summary.updated_at),
        "updatedBy": summary.updated_by,
        "gatewayVendor": "wso2",
        "gatewayType": known.get("gatewayType"),
        "advertiseOnly": False,
        "monetizedInfo": False,
        "businessOwner": owners.get("businessOwner"),
        "businessOwnerEmail": owners.get("businessOwnerEmail"),
        "TechnicalOwner": owners.get("technicalOwner"),
        "TechnicalOwnerEmail": owners.get("technicalOwnerEmail"),
    }


def revision(revision: Revision, deployments: list[Deployment]) -> dict[str, Any]:
    """A revision with where it is deployed."""
    return {
        "displayName": revision.display_name,
        "id": revision.id,
        "description": revision.description,
        "createdTime": _time(revision.created_at),
        "apiInfo": {"id": revision.api_id},
        "deploymentInfo": [deployment(one) for one in deployments],
    }


def deployment(deployment: Deployment) -> dict[str, Any]:
    """A revision in an environment."""
    return {
        "revisionUuid": deployment.revision_id,
        "name": deployment.environment,
        "vhost": deployment.vhost,
        "status": deployment.status,
        "displayOnDevportal": deployment.displayed,
        "deployedTime": _time(deployment.deployed_at),
        "successDeployedTime": _time(deployment.deployed_at)
        if deployment.status is DeploymentStatus.APPROVED
        else None,
    }


def lifecycle_state(api: Api, machine: Machine) -> dict[str, Any]:
    """Where an API is, and where it may go."""
    names = checklist_of(product=api.is_product) if api.state in machine.checked else ()
    return {
        "state": machine.shown(api.state),
        "checkItems": [{"name": name, "value": False, "requiredStates": ["Published"]} for name in names],
        "availableTransitions": [
            {"event": event, "targetState": machine.shown(target)}
            for event, target in machine.transitions.get(api.state, {}).items()
        ],
    }


def workflow(api: Api, machine: Machine) -> dict[str, Any]:
    """The answer to a change of state, or to the wish for one."""
    status = WorkflowStatus.CREATED if api.workflow else WorkflowStatus.APPROVED
    return {"workflowStatus": status, "jsonPayload": None, "lifecycleState": lifecycle_state(api, machine)}


def transition(step: Transition, machine: Machine) -> dict[str, Any]:
    """A step of an API's life."""
    return {
        "previousState": machine.shown(step.previous) if step.previous else None,
        "postState": machine.shown(step.next),
        "user": step.user,
        "updatedTime": _time(step.at),
    }


def validated(definition: Definition) -> dict[str, Any]:
    """What a valid definition says."""
    return {
        "isValid": True,
        "content": None,
        "info": {
            "name": definition.title,
            "version": definition.version,
            "context": None,
            "description": definition.description,
            "openAPIVersion": definition.specification.partition(" ")[2],
            "endpoints": list(definition.servers),
            "operations": [{"verb": op.verb, "target": op.target} for op in definition.operations],
        },
        "errors": [],
    }


def invalid(error: Invalid) -> dict[str, Any]:
    """What is wrong with a definition."""
    problems = [f"{one.path}: {one.problem}".lstrip(": ") for one in error.fields]
    errors = [{"code": str(error.code), "message": problem, "description": problem} for problem in problems]
    return {"isValid": False, "content": None, "info": None, "errors": errors}


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
