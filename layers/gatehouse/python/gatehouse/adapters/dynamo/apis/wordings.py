"""Wordings of APIs in table `apis`: a list of all designs, and one of all that is deployed, each mirrored.

Words are kept compressed: a tenant's are read at once, by every environment that searches them.
"""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.mirror import Mirror
from gatehouse.adapters.dynamo.table import get
from gatehouse.domain.apis.wording import Wording

if TYPE_CHECKING:
    from gatehouse.adapters.dynamo.apis.rows import ApiRow
    from gatehouse.adapters.dynamo.table import Transaction
    from gatehouse.domain.publishing.revision import Deployment

DESIGNS, DEPLOYED = "WORDINGS", "WORDINGS-DEPLOYED"

KEPT_BYTES_MAX = 100_000_000
"""So much of each list, of all tenants together, stays in memory, or one tenant's."""


class WordingRows:
    """The rows, which are written along with what they are of."""

    def __init__(self, row: type[ApiRow]) -> None:
        self._row = row
        self._designs = Mirror(row, DESIGNS, _wording, weigh=_weight, kept_max=KEPT_BYTES_MAX)
        self._deployed = Mirror(row, DEPLOYED, _wording, weigh=_weight, kept_max=KEPT_BYTES_MAX)

    def designs(self, tenant: str) -> list[Wording]:
        """Those of all designs."""
        return self._designs.all(tenant)

    def deployed(self, tenant: str) -> list[Wording]:
        """Those of all that is deployed."""
        return self._deployed.all(tenant)

    def put(self, transaction: Transaction, tenant: str, api_id: str, words: bytes) -> None:
        """That of a design."""
        self._designs.put(transaction, tenant, api_id, body_of(Wording(api_id, words)))

    def forget(self, transaction: Transaction, tenant: str, api_id: str) -> None:
        """A design is gone."""
        self._designs.delete(transaction, tenant, api_id)

    def deploy(self, transaction: Transaction, deployment: Deployment, words: bytes) -> None:
        """That of what is deployed there from now on."""
        found = Wording(deployment.api_id, words, deployment.environment, deployment.displayed)
        self._deployed.put(
            transaction, deployment.tenant, _sk(deployment.api_id, deployment.environment), body_of(found)
        )

    def display(self, transaction: Transaction, deployment: Deployment) -> None:
        """Developers read what is deployed there, or no longer. The transaction makes sure that it is still that."""
        sk = _sk(deployment.api_id, deployment.environment)
        if found := get(self._row, f"{deployment.tenant}#{DEPLOYED}", sk):
            self._deployed.put(transaction, deployment.tenant, sk, {**found.body, "displayed": deployment.displayed})

    def undeploy(self, transaction: Transaction, tenant: str, api_id: str, environment: str) -> None:
        """Nothing is deployed there any more."""
        self._deployed.delete(transaction, tenant, _sk(api_id, environment))


def _sk(api_id: str, environment: str) -> str:
    return f"{api_id}#{environment}"


def body_of(wording: Wording) -> dict[str, Any]:
    """As it stands in a row."""
    packed = base64.b64encode(zlib.compress(wording.words)).decode()
    return {
        "api_id": wording.api_id,
        "words": packed,
        "environment": wording.environment,
        "displayed": wording.displayed,
    }


def _wording(row: ApiRow) -> Wording:
    return Wording(**{**row.body, "words": zlib.decompress(base64.b64decode(row.body["words"]))})


def _weight(wording: Wording) -> int:
    return len(wording.words)
