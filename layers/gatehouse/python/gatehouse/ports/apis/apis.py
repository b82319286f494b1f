"""APIs: keeping them, their revisions, deployments and history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.apis.product import ProductUse
    from gatehouse.domain.apis.wording import Wording
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.publishing.lifecycle import Transition
    from gatehouse.domain.publishing.revision import Deployment, Revision
    from gatehouse.ports.publishing.workflows import Along


class ApiLookup(Protocol):
    """Reading APIs: all that the store needs."""

    def get(self, tenant: str, api_id: str) -> Api:
        """The API. Raises ApiNotFound, also while it is being deleted."""
        ...

    def some(self, tenant: str, api_ids: Collection[str]) -> dict[str, Api]:
        """Those of these APIs that exist and are not being deleted, by id."""
        ...

    def summaries(self, tenant: str) -> list[ApiSummary]:
        """Every API of the tenant, by name and version. Consistent right after a write."""
        ...

    def wordings(self, tenant: str) -> list[Wording]:
        """What the designs of all APIs say in words. Consistent right after a write."""
        ...

    def deployed_wordings(self, tenant: str) -> list[Wording]:
        """The same of all that is deployed. Consistent right after a write."""
        ...

    def deployments(self, tenant: str, api_id: str) -> list[Deployment]:
        """Where the API is deployed, by environment."""
        ...

    def deployed_in(self, tenant: str, environment: str, limit: int | None = None) -> list[str]:
        """The ids of the APIs (at most so many) that are deployed in a gateway environment. Consistent right after a write."""
        ...

    def revisions(self, tenant: str, api_id: str) -> list[Revision]:
        """Every revision, oldest first."""
        ...


class Apis(ApiLookup, Protocol):
    """Keeping APIs. Each write takes its artifacts along, and environments hear of them before it returns."""

    def add(self, api: Api, changes: Sequence[Change], members: Sequence[Api] = (), *, words: bytes = b"") -> Api:
        """Keep a new API or product, with its creation as the first of its history.

        Name (with its family), version and base path are unique, also under concurrent creation, and so are the names
        of its scopes. `members` are those of a product, as read before; `words` is its wording. Raises ApiNameTaken,
        ApiVersionTaken, ContextTaken, ScopeTaken, and Changed when a member is not what was read.
        """
        ...

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
        """Replace an API read before; returns it with its new version. Raises Changed, ScopeTaken.

        `members` are all those of a product that was composed anew, as read before; None leaves its composition as it is.
        `words` is its new wording; None leaves that as it is.
        """
        ...

    def uses(self, tenant: str, api_id: str) -> list[ProductUse]:
        """What products use of the API, by product. While it is marked for removal, no product begins to use it."""
        ...

    def removable(self, tenant: str, api_id: str) -> Api:
        """The API, marked or not, so that a removal that broke off can be repeated. Raises ApiNotFound."""
        ...

    def mark_for_removal(self, api: Api) -> Api:
        """Let nobody find or subscribe to the API any more; may be repeated. Raises Changed."""
        ...

    def unmark(self, api: Api) -> None:
        """Take `mark_for_removal` back. Raises Changed when somebody else has marked the API since."""
        ...

    def remove(self, api: Api, changes: Sequence[Change]) -> None:
        """Forget the API that `mark_for_removal` returned, and all that hangs on it. Raises Changed."""
        ...

    def history(self, tenant: str, api_id: str) -> list[Transition]:
        """Its life so far, oldest first."""
        ...

    def add_revision(self, revision: Revision) -> None:
        """Keep a new revision. Raises Changed when another one took its number at the same time."""
        ...

    def next_revision_number(self, tenant: str, api_id: str) -> int:
        """The number of the next revision; numbers are never used twice."""
        ...

    def remove_revision(self, revision: Revision) -> None:
        """Forget a revision read before. Raises Changed when it is gone or has been deployed since."""
        ...

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
        """Write deployments of one revision and what the gateway reads, in one transaction.

        `requests` are those that asked for them, which go; `words` is the revision's wording. Raises Changed when the API or
        one of them is not what was read, or the revision is gone.
        """
        ...

    def board(self, tenant: str, api_id: str) -> tuple[list[Deployment], list[Deployment]]:
        """Where the API is deployed, and the deployments that were asked for, each by environment."""
        ...

    def request(self, api: Api, requests: Sequence[Deployment], *, along: Sequence[Along] = ()) -> None:
        """Keep deployments that are asked for, in place of earlier requests for these environments.

        Raises Changed when the API is not what was read.
        """
        ...

    def settle(self, request: Deployment, rejected: Deployment | None = None, *, along: Sequence[Along] = ()) -> None:
        """Forget a request that was read before, or keep it as rejected.

        Raises Changed when it is gone, or is another one by now.
        """
        ...

    def save_deployment(self, deployment: Deployment) -> None:
        """Replace a deployment read before. Raises Changed when it is gone or another revision has taken its place."""
        ...

    def undeploy(
        self, api: Api, deployments: Sequence[Deployment], changes: Sequence[Change], at_last: Sequence[Change] = ()
    ) -> None:
        """Withdraw deployments and what the gateway reads, in one transaction; `at_last` too when no other is left.

        Raises Changed when the API is not what was read, or another revision has taken one of the places.
        """
        ...
