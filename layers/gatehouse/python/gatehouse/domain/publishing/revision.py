"""Revisions of an API, and their deployments: what stays as it was at one moment, and where that is served."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_ENVIRONMENT = "Default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An immutable snapshot of an API: its document and its definition at one moment.

    `stored_version` counts its deployments, so that nobody forgets a revision that has just been deployed.
    """

    tenant: str
    api_id: str
    id: str
    number: int
    description: str
    created_at: int
    document: Mapping[str, Any] = field(hash=False)
    definition: str
    schema: str = ""
    graph: str = ""
    stored_version: int = 1

    @property
    def display_name(self) -> str:
        """As the publisher shows it."""
        return f"Revision {self.number}"


class DeploymentStatus(StrEnum):
    """The gateway serves what is APPROVED; the others were asked for, and wait or were refused."""

    CREATED = "CREATED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A revision in an environment, where the gateway serves it, or where it is asked to.

    `workflow` is the reference of what a request waits for, "" for none.
    """

    tenant: str
    api_id: str
    environment: str
    vhost: str
    revision_id: str
    revision_number: int
    displayed: bool
    deployed_at: int
    status: DeploymentStatus = DeploymentStatus.APPROVED
    workflow: str = ""

    @property
    def id(self) -> str:
        """The environment's name in base64 for URLs (RFC 4648 §5), without padding."""
        return base64.urlsafe_b64encode(self.environment.encode()).decode().rstrip("=")


class RevisionNotFound(NotFound):
    """The API has no such revision."""

    code = 900347
    message = "API revision not found"


class RevisionNumberUnknown(NotFound):
    """The API has no revision of this number."""

    code = 903228
    message = "API revision not found"


class RevisionsExhausted(Invalid):
    """The API has as many revisions as it may have."""

    code = 900351
    message = "Maximum number of revisions reached"


class RevisionDeployed(Invalid):
    """The revision is deployed somewhere."""

    code = 900348
    message = "The revision is deployed"


class EnvironmentUnknown(Invalid):
    """There is no such gateway environment."""

    code = 903233
    message = "Gateway environment not found"


class RetiredApi(Invalid):
    """A retired API is never served again."""

    code = 903227
    message = "The API is retired"


class NotServable(Invalid):
    """The revision asks for something that the gateway does not do."""

    message = "The revision cannot be deployed"


class DeploymentNotFound(NotFound):
    """The revision is not deployed there."""

    code = 900356
    message = "Deployment not found"
