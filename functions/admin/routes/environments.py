"""Routes of gateway environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.admin.wire.environments import EnvironmentBody, document_of, environment
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.environments.administration import EnvironmentAdministration
    from gatehouse.edge.http import Request

ALL = "/environments"
ONE = f"{ALL}/{{environmentId}}"
_READ = ("apim:admin", "apim:environment_read")
_MANAGE = ("apim:admin", "apim:environment_manage")


def environment_routes(administration: EnvironmentAdministration, root: str) -> tuple[Operation, ...]:
    """List, add, get, change, delete; the gateways of one. `root` is where the interface stands."""
    routes = _Environments(administration, f"{root}{ALL}")
    return (
        _line("GET", ALL, "listEnvironments", "Every gateway environment, the stage's own first", routes.list, _READ),
        _line(
            "POST",
            ALL,
            "addEnvironment",
            "Add a gateway environment",
            routes.add,
            _MANAGE,
            body=EnvironmentBody,
            answers=(201,),
        ),
        _line("GET", ONE, "getEnvironment", "One gateway environment", routes.get, _MANAGE),
        _line(
            "PUT", ONE, "updateEnvironment", "Replace one, save its name", routes.update, _MANAGE, body=EnvironmentBody
        ),
        _line("DELETE", ONE, "deleteEnvironment", "Delete one that nothing is deployed in", routes.delete, _MANAGE),
        _line(
            "GET",
            f"{ONE}/gateways",
            "getGatewaysOfEnvironment",
            "The gateways that serve one: a single function",
            routes.gateways,
            _READ,
        ),
    )


class _Environments:
    def __init__(self, administration: EnvironmentAdministration, address: str) -> None:
        self._administration = administration
        self._address = address

    def list(self, request: Request) -> Answer:
        found = self._administration.environments.all(request.principal.tenant)
        return Answer(body={"count": len(found), "list": [environment(one) for one in found]})

    def add(self, request: Request, body: EnvironmentBody) -> Answer:
        made = self._administration.add(request.principal, body.name, document_of(body))
        return created(f"{self._address}/{made.id}", environment(made))

    def get(self, request: Request) -> Answer:
        found = self._administration.environments.get(request.principal.tenant, request.path["environmentId"])
        return Answer(body=environment(found))

    def update(self, request: Request, body: EnvironmentBody) -> Answer:
        changed = self._administration.update(
            request.principal, request.path["environmentId"], body.name, document_of(body)
        )
        return Answer(body=environment(changed))

    def delete(self, request: Request) -> Answer:
        self._administration.remove(request.principal, request.path["environmentId"])
        return Answer()

    def gateways(self, request: Request) -> Answer:
        found = self._administration.environments.get(request.principal.tenant, request.path["environmentId"])
        # One function serves all environments, in as many places at once as there are calls.
        gateway = {"gatewayId": f"{found.name}_{self._administration.stage}", "status": "ACTIVE"}
        return Answer(body={"count": 1, "list": [gateway]})


def _line(
    method: str, path: str, name: str, summary: str, route: Any, scopes: tuple[str, ...], **more: Any
) -> Operation:
    return Operation(
        method=method, path=path, id=name, summary=summary, route=route, tag="Environments", scopes=scopes, **more
    )
