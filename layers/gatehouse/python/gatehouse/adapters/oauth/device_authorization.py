"""Device authorization (RFC 8628): a device shows a code, its user types it in a browser, the device asks until it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint as AuthlibEndpoint
from authlib.oauth2.rfc8628 import DeviceCodeGrant as AuthlibGrant

from gatehouse.adapters.oauth.grants import OurGrant
from gatehouse.controlplane.oauth.scope_grant import parse_scopes
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.authorization import Decision, DeviceGrant, digest_of, new_secret
from gatehouse.domain.tokens.oauth import DEVICE_CODE, REFRESH_TOKEN, InvalidGrant, UnauthorizedClient

if TYPE_CHECKING:
    from gatehouse.adapters.oauth.messages import FormRequest
    from gatehouse.adapters.oauth.server import ProtocolServer
    from gatehouse.domain.people.identity import User
    from gatehouse.domain.tokens.oauth import Client, IssuedToken

DEVICE_SECONDS = 600
INTERVAL_SECONDS = 5
SLOWER_SECONDS = 5
CODES_TRIED_MAX = 4
"""A user code that is taken is made anew; twenty to the eighth are there."""


class DeviceAuthorizationEndpoint(AuthlibEndpoint):
    """Gives a device its codes (RFC 8628 §3.2)."""

    EXPIRES_IN = DEVICE_SECONDS
    INTERVAL = INTERVAL_SECONDS
    server: ProtocolServer

    def __init__(self, server: ProtocolServer, management_url: str) -> None:
        super().__init__(server)
        self._management_url = management_url

    def begin(self, request: FormRequest) -> dict[str, Any]:
        """The codes and where to type them. Raises InvalidClient, UnauthorizedClient, InvalidScope."""
        for _ in range(CODES_TRIED_MAX - 1):
            try:
                return self._codes(request)
            except Conflict:
                continue
        return self._codes(request)

    def authenticate_client(self, request: Any) -> Any:
        """The client, which must have registered the grant. Raises InvalidClient, UnauthorizedClient."""
        client = super().authenticate_client(request)
        if DEVICE_CODE not in client.client.grant_types:
            raise UnauthorizedClient(client_id=client.client.id, grant_type=DEVICE_CODE)
        self._client = client.client
        return client

    def get_verification_uri(self) -> str:
        """The page of the client's tenant."""
        tenant = self._client.tenant
        return f"{self._management_url}{'' if tenant == SUPER_TENANT else f'/t/{tenant}'}/oauth2/device"

    def save_device_credential(self, client_id: str, scope: str | None, data: dict[str, Any]) -> None:
        """Keep what the codes stand for. Raises Conflict: the user code is taken."""
        rules = self.server.rules
        grant = DeviceGrant(
            digest=digest_of(data["device_code"]),
            user_code=data["user_code"],
            client_id=client_id,
            scopes=parse_scopes(scope or ""),
            expires_at=int(rules.clock.now()) + self.EXPIRES_IN,
            interval=self.INTERVAL,
        )
        rules.devices.add(self._client.tenant, grant)

    def generate_device_code(self) -> str:
        """A new device code."""
        return new_secret()

    def _codes(self, request: FormRequest) -> dict[str, Any]:
        _, codes, _ = self.create_endpoint_response(request)
        return dict(codes)


class KeptDeviceCode:
    """A device code as Authlib asks about it."""

    def __init__(self, grant: DeviceGrant, now: float) -> None:
        self.grant = grant
        self._now = now

    def get_client_id(self) -> str:
        """Whose it is."""
        return self.grant.client_id

    def get_user_code(self) -> str:
        """What the user types."""
        return self.grant.user_code

    def get_scope(self) -> str:
        """What was asked for."""
        return " ".join(self.grant.scopes)

    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.grant.expires_at <= self._now


class DeviceCodeGrant(OurGrant, AuthlibGrant):
    """What the device asks until its user has decided (RFC 8628 §3.4). A code is good for one token."""

    def query_device_credential(self, device_code: str) -> KeptDeviceCode:
        """What the code stands for. Raises InvalidGrant."""
        grant = self.rules.devices.get(self.registered.tenant, digest_of(device_code))
        if grant is None or grant.client_id != self.registered.id or grant.decision is Decision.USED:
            raise InvalidGrant(cause="unknown, used or another client's device code")
        self._grant = grant
        return KeptDeviceCode(grant, self.rules.clock.now())

    def query_user_grant(self, _user_code: str) -> tuple[User | None, bool] | None:
        """Who has decided, and whether they agreed; None before."""
        if self._grant.decision is Decision.PENDING:
            return None
        if self._grant.decision is Decision.DENIED:
            return None, False
        return self.rules.tokens.active_user(self._grant.tenant, self._grant.user), True

    def should_slow_down(self, _credential: object) -> bool:
        """Whether the device asks more often than it may; then it has to wait longer from now on."""
        now = int(self.rules.clock.now())
        early = now - self._grant.polled_at < self._grant.interval
        interval = self._grant.interval + (SLOWER_SECONDS if early else 0)
        try:
            self.rules.devices.save(self._client.tenant, replace(self._grant, polled_at=now, interval=interval))
        except Changed:
            # The user has decided at this moment, or the device asks twice at once; the next request will tell.
            return False
        return early

    def generate_token(self, user: Any = None, **_more: Any) -> IssuedToken:
        """The user's tokens. Raises InvalidGrant: the code has been used."""
        client = self._client
        try:
            self.rules.devices.save(client.tenant, replace(self._grant, decision=Decision.USED))
        except Changed as error:
            raise InvalidGrant(cause="the device code was used at the same time") from error
        refreshable = REFRESH_TOKEN in client.grant_types
        return self.rules.tokens.for_user(
            client, user, self._grant.scopes, refreshable=refreshable, login=self._grant.login
        )

    @property
    def _client(self) -> Client:
        return self.registered
