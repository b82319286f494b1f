"""What the store interface's documents look like.

Read-only properties may be sent, because clients send back what they got; they have no effect. What this server does not do
(token exchange) is refused by the property that asks for it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from gatehouse.edge.wire import VISIBLE_ASCII, Wire, spelled


def _whole_number(value: object) -> object:
    """WSO2's definition says text, its command line sends a number: both are taken."""
    digits = value.removeprefix("-") if isinstance(value, str) else ""
    return int(str(value)) if digits.isascii() and digits.isdigit() else value


Text = Annotated[str, Field(max_length=1000)]
Tier = Annotated[str, Field(min_length=1, max_length=60)]
Id = Annotated[str, Field(min_length=1, max_length=100)]
# Names stand in lists and in the names of clients.
_APPLICATION_NAME = spelled(r"^[\w.-]([\w .-]*[\w.-])?$", "takes letters, digits, '.', '-', '_', and spaces in between")
ApplicationName = Annotated[str, Field(min_length=1, max_length=100, pattern=_APPLICATION_NAME)]
Group = Annotated[str, Field(max_length=255)]
AttributeName = Annotated[str, Field(min_length=1, max_length=255)]
# RFC 6749 §3.3
_SCOPE = spelled(
    r"^[\x21\x23-\x5b\x5d-\x7e]+$", "is no scope: visible ASCII characters make one, but for quotes and backslashes"
)
_PRINTABLE = spelled(r"^[^\x00-\x1f\x7f]*$", "must have no control characters")
Scopes = Annotated[list[Annotated[str, Field(pattern=_SCOPE)]], Field(max_length=100)]
GrantTypes = Annotated[list[Text], Field(min_length=1, max_length=20)]
CallbackUrl = Annotated[str, Field(max_length=2000)]
# Client ids are visible ASCII (RFC 6749 appendix A.1, without its spaces), and keys of artifacts.
ConsumerKey = Annotated[str, Field(min_length=1, max_length=255, pattern=VISIBLE_ASCII)]
KeyTypeName = Literal["PRODUCTION", "SANDBOX"]
Seconds = Annotated[int, BeforeValidator(_whole_number), Field(ge=-1, le=2**31 - 1)]
Properties = dict[str, Any]
ApiKeyName = Annotated[str, Field(max_length=100, pattern=_PRINTABLE)]


class ThrottleReset(Wire):
    """Whose calls are counted anew."""

    userName: str | None = None


class ApplicationBody(Wire):
    """An application. `tokenType` may be OAUTH, as older clients say; tokens are JWTs all the same, and the answer says so."""

    applicationId: str | None = None
    name: ApplicationName
    throttlingPolicy: Tier
    description: Annotated[str, Field(max_length=512)] | None = None
    tokenType: Literal["JWT", "OAUTH"] | None = None
    status: str | None = None
    groups: Annotated[list[Group], Field(max_length=100)] | None = None
    subscriptionCount: int | None = None
    keys: list[dict[str, Any]] | None = None
    attributes: Annotated[dict[AttributeName, Annotated[str, Field(max_length=1024)]], Field(max_length=50)] | None = (
        None
    )
    subscriptionScopes: list[dict[str, Any]] | None = None
    owner: str | None = None
    hashEnabled: bool | None = None
    createdTime: str | None = None
    updatedTime: str | None = None
    visibility: Literal["PRIVATE", "SHARED_WITH_ORG"] | None = None


class KeyGenerationBody(Wire):
    """The keys that are asked for. `validityTime` is that of the first token, in seconds."""

    keyType: KeyTypeName
    keyManager: Text | None = None
    grantTypesToBeSupported: GrantTypes
    callbackUrl: CallbackUrl | None = None
    scopes: Scopes | None = None
    validityTime: Seconds | None = None
    clientId: str | None = None
    clientSecret: str | None = None
    additionalProperties: Properties | None = None


class KeyMappingBody(Wire):
    """A client of an external key manager that shall stand for the application. Its secret is not kept."""

    consumerKey: ConsumerKey
    consumerSecret: Text | None = None
    keyManager: Text | None = None
    keyType: KeyTypeName


class KeyBody(Wire):
    """A key, to be changed: its grant types, callback and additional properties."""

    keyMappingId: str | None = None
    keyManager: Text | None = None
    consumerKey: str | None = None
    consumerSecret: str | None = None
    consumerSecrets: list[dict[str, Any]] | None = None
    supportedGrantTypes: GrantTypes
    callbackUrl: CallbackUrl | None = None
    keyState: str | None = None
    keyType: KeyTypeName | None = None
    mode: Literal["CREATED"] | None = None
    groupId: str | None = None
    token: dict[str, Any] | None = None
    additionalProperties: Properties | None = None


class TokenBody(Wire):
    """The token that is asked for. `validityPeriod` is in seconds; -1 is no expiry."""

    consumerSecret: Text | None = None
    validityPeriod: Seconds | None = None
    scopes: Scopes | None = None
    revokeToken: Annotated[str, Field(max_length=10_000)] | None = None
    grantType: Literal["CLIENT_CREDENTIALS"] | None = None
    additionalProperties: Annotated[Properties, Field(max_length=0)] | None = None


class SubscriptionBody(Wire):
    """A subscription. To change its plan, `requestedThrottlingPolicy` is the new one where both are given."""

    subscriptionId: str | None = None
    applicationId: Id
    apiId: Id
    apiInfo: dict[str, Any] | None = None
    applicationInfo: dict[str, Any] | None = None
    throttlingPolicy: Tier
    requestedThrottlingPolicy: Tier | None = None
    status: str | None = None
    redirectionParams: str | None = None


class SubscriptionsBody(Wire):
    """Several subscriptions. On the wire it is the bare list."""

    subscriptions: Annotated[list[SubscriptionBody], Field(min_length=1, max_length=50)]


class ApiKeyRestrictions(Wire):
    """From where an API key may be used: comma-separated addresses and networks, or globs of referers.

    `format` is what the key looks like: opaque unless it says JWT.
    """

    format: Literal["OPAQUE", "JWT"] | None = None
    permittedIP: Annotated[str, Field(max_length=3000)] | None = None
    permittedReferer: Annotated[str, Field(max_length=15_000)] | None = None


class ApiKeyBody(Wire):
    """The API key that is asked for. `validityPeriod` is in seconds; -1 is no expiry, and so is none at all."""

    keyName: ApiKeyName | None = None
    validityPeriod: Seconds | None = None
    additionalProperties: ApiKeyRestrictions | None = None


class BoundApiKeyBody(ApiKeyBody):
    """As above, of a key that is bound to an API; a production key unless it says otherwise."""

    keyType: KeyTypeName | None = None


class ApiKeyReference(Wire):
    """An API key that is there."""

    keyUUID: Id


class ApiKeyRevocation(Wire):
    """An API key to be revoked, named by its id or by itself."""

    apikey: Annotated[str, Field(max_length=10_000)] | None = None
    keyUUID: Id | None = None


class ApiAssociationBody(Wire):
    """A key of the API, and the application that it shall stand for."""

    keyUUID: Id
    applicationUUID: Id


class ApplicationAssociationBody(Wire):
    """A key that shall stand for the application, and the API that it is bound to."""

    keyUUID: Id
    apiUUID: Id
