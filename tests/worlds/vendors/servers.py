"""Keycloak, PingFederate, ForgeRock AM, WSO2 Identity Server (both) and Asgardeo, as documented."""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING, Any

from tests.worlds.vendors.server import Spoken, Vendor

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.worlds.vendors.server import Answer, Asked

ORGANIZATION_SCOPES = {
    "internal_dcr_create",
    "internal_dcr_update",
    "internal_dcr_delete",
    "internal_application_mgt_view",
}


def _standard(
    vendor: Vendor, path: str, authorized: Callable[[Asked], bool], missing: Answer, decode: Any = str
) -> None:
    """Create, replace and delete below a path, in the words of RFC 7591."""

    def proved(answer: Callable[[Asked, str], Answer]) -> Callable[[Asked], Answer]:
        def checked(asked: Asked) -> Answer:
            if not authorized(asked):
                return 401, {"code": 401, "message": "Unauthorized", "description": "Credentials are not valid"}
            client_id = decode(asked.part[0]) if asked.part else ""
            if asked.part and client_id not in vendor.clients:
                return missing
            return answer(asked, client_id)

        return checked

    def shown(client_id: str) -> dict[str, Any]:
        known = vendor.clients[client_id]
        return {**known.body, "client_id": client_id, "client_secret": known.secret}

    def create(asked: Asked, _: str) -> Answer:
        if not asked.body.get("grant_types"):
            return 400, {"error": "invalid_client_metadata", "error_description": "grant_types is required"}
        return 201, shown(vendor.keep(asked.body)[0])

    def replace(asked: Asked, client_id: str) -> Answer:
        vendor.clients[client_id].body = asked.body
        return 200, shown(client_id)

    def delete(_: Asked, client_id: str) -> Answer:
        del vendor.clients[client_id]
        return 204, None

    vendor.on("POST", path, proved(create))
    vendor.on("PUT", f"{path}/([^/]+)", proved(replace))
    vendor.on("DELETE", f"{path}/([^/]+)", proved(delete))


def keycloak() -> Spoken:
    vendor = Vendor()
    realm = "/realms/menu"

    def token(asked: Asked) -> Answer:
        return vendor.token() if asked.basic == ("service", "service secret+") else vendor.application_token(asked)

    def listed(asked: Asked) -> Answer:
        wanted = asked.query["clientId"]
        return 200, [{"id": f"uuid-{one}", "clientId": one} for one in vendor.clients if one == wanted]

    def new_secret(asked: Asked) -> Answer:
        known = vendor.clients[asked.part[0].removeprefix("uuid-")]
        known.secret = uuid.uuid4().hex
        return 200, {"type": "secret", "value": known.secret}

    vendor.on("POST", f"{realm}/protocol/openid-connect/token", token)
    registrations = f"{realm}/clients-registrations/openid-connect"
    missing = (404, {"error": "invalid_client", "error_description": "Client not found"})
    _standard(vendor, registrations, lambda asked: asked.bearer in vendor.tokens, missing)
    vendor.on("GET", "/admin/realms/menu/clients", listed)
    vendor.on("POST", "/admin/realms/menu/clients/([^/]+)/client-secret", new_secret)
    known = {"client_id": "service", "client_secret": "service secret+"}
    return Spoken(
        vendor=vendor,
        type="KeyCloak",
        registration_url=f"{vendor.url}{registrations}",
        token_url=f"{vendor.url}{realm}/protocol/openid-connect/token",
        properties=known,
        wrong={**known, "client_secret": "another-secret"},
    )


def wso2_is_7() -> Spoken:
    vendor = Vendor()
    _wso2_is_7(vendor, "", lambda asked: asked.basic == ("admin", "admin-password"))
    return Spoken(
        vendor=vendor,
        type="WSO2-IS-7",
        registration_url=f"{vendor.url}/api/identity/oauth2/dcr/v1.1/register",
        token_url=f"{vendor.url}/oauth2/token",
        properties={"Username": "admin", "Password": "admin-password"},
        wrong={"Username": "admin", "Password": "another-password"},
    )


def asgardeo() -> Spoken:
    vendor = Vendor()
    vendor.on(
        "POST",
        "/t/menu/oauth2/token",
        lambda asked: (
            vendor.token()
            if asked.basic == ("management", "management-secret")
            and set(asked.body["scope"].split()) >= ORGANIZATION_SCOPES
            else vendor.application_token(asked)
        ),
    )
    _wso2_is_7(vendor, "/t/menu", lambda asked: asked.bearer in vendor.tokens)
    known = {"org_name": "menu", "mgmt_client_id": "management", "mgmt_client_secret": "management-secret"}
    return Spoken(
        vendor=vendor,
        type="Asgardeo",
        registration_url=f"{vendor.url}/t/menu/api/identity/oauth2/dcr/v1.1/register",
        token_url=f"{vendor.url}/t/menu/oauth2/token",
        properties=known,
        wrong={**known, "mgmt_client_secret": "another-secret"},
    )


def _wso2_is_7(vendor: Vendor, prefix: str, authorized: Callable[[Asked], bool]) -> None:
    missing = (
        404,
        {"error": "invalid_client", "error_description": "Application not available for the given client_id"},
    )
    _standard(vendor, f"{prefix}/api/identity/oauth2/dcr/v1.1/register", authorized, missing)

    def listed(asked: Asked) -> Answer:
        client_id = asked.query["filter"].removeprefix("clientId eq ")
        return 200, {"applications": [{"id": f"app-{one}"} for one in vendor.clients if one == client_id]}

    def renew(asked: Asked) -> Answer:
        client_id = asked.part[0].removeprefix("app-")
        vendor.clients[client_id].secret = uuid.uuid4().hex
        return 200, {"clientId": client_id, "clientSecret": vendor.clients[client_id].secret}

    vendor.on("POST", f"{prefix}/oauth2/token", vendor.application_token)
    vendor.on("GET", f"{prefix}/api/server/v1/applications", listed)
    vendor.on("POST", f"{prefix}/api/server/v1/applications/([^/]+)/inbound-protocols/oidc/regenerate-secret", renew)


def wso2_is() -> Spoken:
    vendor = Vendor()
    path = "/keymanager-operations/dcr/register"

    def decode(name: str) -> str:
        return base64.urlsafe_b64decode(name).decode()

    def renew(asked: Asked) -> Answer:
        client_id = decode(asked.part[0])
        vendor.clients[client_id].secret = uuid.uuid4().hex
        return 200, {"client_id": client_id, "client_secret": vendor.clients[client_id].secret}

    missing = (404, {"error": "invalid_client_id", "error_description": "not found"})
    _standard(vendor, path, lambda asked: asked.basic == ("admin", "admin-password"), missing, decode)
    vendor.on("POST", f"{path}/([^/]+)/regenerate-consumer-secret", renew)
    vendor.on("POST", "/oauth2/token", vendor.application_token)
    return Spoken(
        vendor=vendor,
        type="WSO2-IS",
        registration_url=f"{vendor.url}{path}",
        token_url=f"{vendor.url}/oauth2/token",
        properties={"Username": "admin", "Password": "admin-password"},
        wrong={"Username": "admin", "Password": "another-password"},
    )


def ping_federate() -> Spoken:
    vendor = Vendor()
    path = "/pf-ws/rest/oauth/clients"

    def proved(answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        def checked(asked: Asked) -> Answer:
            if asked.basic != ("heuristics", "ping-password"):
                return 401, b"<html>Unauthorized</html>"
            if asked.part and asked.part[0] not in vendor.clients:
                return 404, {"message": "Client not found"}
            return answer(asked)

        return checked

    def create(asked: Asked) -> Answer:
        (body,) = asked.body["client"]
        vendor.keep(body, body["clientId"])
        vendor.clients[body["clientId"]].secret = body["secret"]
        return 200, None

    def replace(asked: Asked) -> Answer:
        (body,) = asked.body["client"]
        known = vendor.clients[body["clientId"]]
        known.body, known.secret = body, body["secret"] if body.get("forceSecretChange") else known.secret
        return 200, None

    def read(asked: Asked) -> Answer:
        return 200, {"client": [{**vendor.clients[asked.part[0]].body, "secret": None}]}

    def delete(asked: Asked) -> Answer:
        del vendor.clients[asked.part[0]]
        return 200, None

    vendor.on("POST", path, proved(create))
    vendor.on("PUT", path, proved(replace))
    vendor.on("GET", f"{path}/([^/]+)", proved(read))
    vendor.on("DELETE", f"{path}/([^/]+)", proved(delete))
    vendor.on("POST", "/as/token.oauth2", vendor.application_token)
    return Spoken(
        vendor=vendor,
        type="Ping-Federate",
        registration_url=f"{vendor.url}{path}",
        token_url=f"{vendor.url}/as/token.oauth2",
        properties={"username": "heuristics", "password": "ping-password"},
        wrong={"username": "heuristics", "password": "another-password"},
    )


def forgerock() -> Spoken:
    vendor = Vendor()
    management: dict[str, str] = {}

    def answer(asked: Asked) -> Answer:
        client_id = asked.query.get("client_id", "")
        if asked.method == "POST":
            if asked.bearer != "forgerock-token":
                return 401, {"error": "invalid_token", "error_description": "The access token is not valid"}
            client_id, _ = vendor.keep(asked.body)
            management[client_id] = f"management-{client_id}"
        elif client_id not in vendor.clients or asked.bearer != management[client_id]:
            return 401, {"error": "invalid_token", "error_description": "The access token is not valid"}
        elif asked.method == "DELETE":
            del vendor.clients[client_id]
            return 204, None
        else:
            vendor.clients[client_id].body = asked.body
        shown = {
            **vendor.clients[client_id].body,
            "client_id": client_id,
            "client_secret": vendor.clients[client_id].secret,
        }
        shown["registration_client_uri"] = f"{vendor.url}/am/oauth2/register?client_id={client_id}"
        return (201 if asked.method == "POST" else 200), {**shown, "registration_access_token": management[client_id]}

    for method in ("POST", "PUT", "DELETE"):
        vendor.on(method, "/am/oauth2/register", answer)
    vendor.on("POST", "/am/oauth2/access_token", vendor.application_token)
    return Spoken(
        vendor=vendor,
        type="Forgerock",
        registration_url=f"{vendor.url}/am/oauth2/register",
        token_url=f"{vendor.url}/am/oauth2/access_token",
        properties={"accessToken": "forgerock-token"},
        wrong={"accessToken": "another-token"},
    )
