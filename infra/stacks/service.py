"""Service: one function per concern behind two front doors. What each is told and may do stands in its file of `concerns`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from infra import concerns
from infra.constructs.front_door import FrontDoor

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.concern import Concern
    from infra.stacks.state import State
    from infra.stage import Stage

PROVISIONING_TIMEOUT_SECONDS = 120


class Service(cdk.Stack):
    """The functions, their rights, their addresses."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage, state: State) -> None:
        super().__init__(scope, name)
        self._state = state
        management = FrontDoor(
            self, "management", url=stage.management_url, burst=stage.management_burst, rate=stage.management_rate
        )
        gateway_door = FrontDoor(
            self, "calls", url=stage.gateway_url, burst=stage.gateway_burst, rate=stage.gateway_rate
        )
        house = concerns.House(
            self, stage=stage, state=state, management_url=management.url, gateway_url=gateway_door.url
        )

        authorizer = concerns.authorizer(house)
        publisher = concerns.publisher(house, gateway_door, gateway_door.asks(authorizer).attr_authorizer_id)
        key_manager = concerns.key_manager(house)
        store = concerns.store(house, key_manager)
        identity = concerns.identity(house)
        admin = concerns.admin(house, key_manager, store, publisher, identity)
        concerns.courier(house)

        gateway_door.opens_everything(onto=concerns.gateway(house, concerns.hub(house)))
        management.opens("/api/am/publisher", onto=publisher)
        management.opens("/api/am/devportal", "/api/am/store", onto=store)
        management.opens("/api/am/admin", "/api/am/devops", onto=admin)
        management.opens("/api/am/governance", onto=concerns.governance(house))
        management.opens("/api/am/service-catalog", onto=concerns.service_catalog(house))
        throttling = ("/api/am/admin/throttling", "/api/am/admin/{version}/throttling")
        management.opens(*throttling, onto=concerns.throttling(house))
        # Below /t stand the endpoints of a tenant: /t/{tenant}/oauth2/...
        management.opens("/oauth2", "/oidc", "/t", "/client-registration", "/.well-known", onto=key_manager)
        # Identity providers send browsers back there.
        management.opens_exactly("/commonauth", onto=key_manager)
        # A client says of itself what it is (RFC 7591), where WSO2's identity server has it.
        management.opens("/api/identity/oauth2", "/t/{tenant}/api/identity/oauth2", onto=key_manager)
        own_account = ("/api/am/devportal/{version}/me", "/api/am/store/{version}/me")
        people = ("/scim2", "/api/identity", "/api/server", "/services")
        management.opens(*own_account, *people, *(f"/t/{{tenant}}{prefix}" for prefix in people), onto=identity)

        self._provision("SigningKey", key_manager)
        self._provision("FirstTenant", identity)
        self._tell(management, gateway_door, authorizer, identity)

    def _provision(self, kind: str, concern: Concern) -> None:
        """Let a function provision, at deploy time, what a template cannot describe. It answers CloudFormation itself."""
        resource = cdk.CustomResource(
            self,
            kind,
            resource_type=f"Custom::{kind}",
            service_token=concern.function.function_arn,
            service_timeout=cdk.Duration.seconds(PROVISIONING_TIMEOUT_SECONDS),
        )
        resource.node.add_dependency(concern.role)

    def _tell(self, management: FrontDoor, gateway: FrontDoor, authorizer: Concern, identity: Concern) -> None:
        read = "Read it with `aws secretsmanager get-secret-value --secret-id`"
        outputs = {
            "ManagementApi": ("Id of the HTTP API in front of the management functions", management.api.api_id),
            "ManagementUrl": ("Address of the management interfaces, and issuer of tokens", management.url),
            "GatewayApi": ("Id of the HTTP API in front of the gateway", gateway.api.api_id),
            "GatewayUrl": ("Address of the published APIs", gateway.url),
            "AuthorizerArn": ("What other API Gateways of this account ask", authorizer.function.function_arn),
            "IdentityFunction": ("What `make admin-password` asks", identity.function.function_name),
            "FirstAdminSecret": (f"Name and password of the first admin. {read}", self._state.first_admin.secret_arn),
        }
        for name, (description, value) in outputs.items():
            cdk.CfnOutput(self, name, value=value, description=description)
