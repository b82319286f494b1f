"""The routes of SOAP services: a message in, one call, a message out; and the description of each service."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from functions.identity.soap.messages import FAULT, MEDIA_TYPES, SOAP_11, SOAP_12, accepted, answered, fault, read
from functions.identity.soap.tenants import TENANTS, TenantService
from functions.identity.soap.user_store import USER_STORE, UserStoreService
from functions.identity.soap.wsdl import document
from gatehouse.domain.errors import GatehouseError, Invalid, NotFound
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Interface, Operation

if TYPE_CHECKING:
    from functions.identity.parts import Parts
    from functions.identity.soap.wsdl import Service
    from gatehouse.edge.http import Request

BASE = "/services"


def soap_interface(parts: Parts) -> Interface:
    """`/services`, also below `/t/{tenant}`."""
    users = UserStoreService(parts.accounts, parts.groups)
    tenants = TenantService(parts.tenancy, parts.accounts.users)
    return Interface(
        name="soap",
        title="SOAP services",
        base=BASE,
        version="",
        tenanted=True,
        operations=(
            *_Endpoint(USER_STORE, users, parts.management_url).operations(),
            *_Endpoint(TENANTS, tenants, parts.management_url).operations(),
        ),
    )


class _Endpoint:
    def __init__(self, service: Service, served: Any, management_url: str) -> None:
        self._service = service
        self._served = served
        self._address = f"{management_url}{BASE}/{service.name}"

    def call(self, request: Request) -> Answer:
        """200, 202 for what returns nothing, and 500 with a fault in the version of SOAP that was spoken."""
        version = SOAP_12 if request.media_type == "application/soap+xml" else SOAP_11
        # A fault is a message like others, in the version of what was asked: it cannot be left to the surface.
        try:
            asked = read(request.body)
            shape = self._service.shapes.get(asked.operation)
            if shape is None or asked.namespace != self._service.namespace:
                raise Invalid.field("", f"{self._service.name} has no operation {asked.operation[:100]}")
            value = self._served.operations[asked.operation](request.principal, asked)
        except GatehouseError as error:
            return fault(error, version, FAULT)
        return answered(asked, value) if shape.gives else accepted(asked)

    def describe(self, request: Request) -> Answer:
        """200 with the WSDL, for `?wsdl`."""
        if not {"wsdl", "wsdl2"} & {name.lower() for name in request.query}:
            raise NotFound(f"Ask for the description with ?wsdl, or send a SOAP message to {self._address}.")
        return Answer(body=document(self._service, self._address), media_type="text/xml; charset=utf-8")

    def operations(self) -> tuple[Operation, ...]:
        """Message and description."""
        name = self._service.name
        operation = partial(Operation, tag="SOAP", path=f"/{name}")
        return (
            operation(
                method="POST",
                id=name,
                route=self.call,
                summary=f"A message to {name}.",
                scopes=("apim:admin",),
                accepts=tuple(media_type.partition(";")[0] for media_type in MEDIA_TYPES.values()),
                answers=(200, 202),
            ),
            operation(
                method="GET",
                id=f"describe{name}",
                route=self.describe,
                summary=f"The WSDL of {name}.",
                authenticated=False,
                query=("wsdl",),
            ),
        )
