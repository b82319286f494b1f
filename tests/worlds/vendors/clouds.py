"""Okta (`/oauth2/v1/clients`), Auth0 (Management API v2) and Microsoft Entra ID (Microsoft Graph v1.0), as documented."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from tests.worlds.vendors.server import Spoken, Vendor

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.worlds.vendors.server import Answer, Asked

AUTH0_AUDIENCE = "https://menu.eu.auth0.example/api/v2/"
AUTH0_API = "https://api.menu.example"


class Cloud(Vendor):
    """A vendor that looks at the proof first, and then whether the client is there."""

    unproved: Answer
    missing: Answer

    def is_proved(self, asked: Asked) -> bool:
        raise NotImplementedError

    def is_there(self, name: str) -> bool:
        return name in self.clients

    def serve(self, method: str, pattern: str, answer: Callable[[Asked], Answer]) -> None:
        def checked(asked: Asked) -> Answer:
            if not self.is_proved(asked):
                return self.unproved
            if asked.part and not self.is_there(asked.part[0]):
                return self.missing
            return answer(asked)

        self.on(method, pattern, checked)

    def shown(self, client_id: str) -> dict[str, Any]:
        known = self.clients[client_id]
        return {**known.body, "client_id": client_id, "client_secret": known.secret}

    def renew(self, asked: Asked) -> Answer:
        self.clients[asked.part[0]].secret = uuid.uuid4().hex
        return 200, self.shown(asked.part[0])

    def delete(self, asked: Asked) -> Answer:
        del self.clients[asked.part[0]]
        return 204, None


class Okta(Cloud):
    unproved = (401, {"errorCode": "E0000011", "errorSummary": "Invalid token provided", "errorCauses": []})
    missing = (404, {"errorCode": "E0000007", "errorSummary": "Not found: Resource not found"})

    def __init__(self) -> None:
        super().__init__()
        self.serve("POST", "/oauth2/v1/clients", self.create)
        self.serve("PUT", "/oauth2/v1/clients/([^/]+)", self.replace)
        self.serve("DELETE", "/oauth2/v1/clients/([^/]+)", self.delete)
        self.serve("POST", "/oauth2/v1/clients/([^/]+)/lifecycle/newSecret", self.renew)
        self.on("POST", "/oauth2/default/v1/token", self.application_token)

    def is_proved(self, asked: Asked) -> bool:
        return asked.authorization == "SSWS okta-api-token"

    def create(self, asked: Asked) -> Answer:
        body = asked.body
        wanted = ["token"] if body.get("application_type") == "service" else body.get("response_types")
        if body.get("response_types") != wanted or not wanted:
            said = "'response_types' is invalid for this application type"
            return 400, {"error": "invalid_client_metadata", "error_description": said}
        return 201, self.shown(self.keep(body)[0])

    def replace(self, asked: Asked) -> Answer:
        self.clients[asked.part[0]].body = asked.body
        return 200, self.shown(asked.part[0])


class Auth0(Cloud):
    unproved = (401, {"statusCode": 401, "error": "Unauthorized", "message": "Invalid token"})
    missing = (404, {"statusCode": 404, "error": "Not Found", "message": "The client does not exist"})

    def __init__(self) -> None:
        super().__init__()
        self.on("POST", "/oauth/token", self.give_token)
        self.serve("POST", "/api/v2/clients", self.create)
        self.serve("PATCH", "/api/v2/clients/([^/]+)", self.change)
        self.serve("DELETE", "/api/v2/clients/([^/]+)", self.delete)
        self.serve("POST", "/api/v2/clients/([^/]+)/rotate-secret", self.renew)
        self.serve("POST", "/api/v2/client-grants", self.grant)

    def is_proved(self, asked: Asked) -> bool:
        return asked.bearer in self.tokens

    def give_token(self, asked: Asked) -> Answer:
        if asked.body.get("client_id") != "management":
            return self.application_token(asked)
        if asked.body.get("client_secret") != "management-secret" or asked.body.get("audience") != AUTH0_AUDIENCE:
            return 401, {"error": "access_denied", "error_description": "Unauthorized"}
        return self.token()

    def create(self, asked: Asked) -> Answer:
        if set(asked.body) - {"name", "grant_types", "callbacks", "app_type", "token_endpoint_auth_method"}:
            said = "Payload validation error: 'Additional properties not allowed'."
            return 400, {"statusCode": 400, "error": "Bad Request", "message": said, "errorCode": "invalid_body"}
        return 201, self.shown(self.keep(asked.body)[0])

    def change(self, asked: Asked) -> Answer:
        self.clients[asked.part[0]].body |= asked.body
        return 200, self.shown(asked.part[0])

    def grant(self, asked: Asked) -> Answer:
        if asked.body["audience"] != AUTH0_API:
            said = {"message": "Resource server not found", "errorCode": "inexistent_resource"}
            return 404, {"statusCode": 404, "error": "Not Found", **said}
        return 201, {**asked.body, "id": "cgr_1"}


class Entra(Cloud):
    """Addressed by object ids; a registration has several passwords, of which the last is the client's secret here."""

    unproved = (401, {"error": {"code": "InvalidAuthenticationToken", "message": "Access token is empty."}})
    missing = (404, {"error": {"code": "Request_ResourceNotFound", "message": "Resource does not exist"}})

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, str] = {}
        self.passwords: dict[str, dict[str, str]] = {}
        one = "/v1.0/applications/([^/]+)"
        self.on("POST", "/tenant/oauth2/v2.0/token", self.give_token)
        self.serve("POST", "/v1.0/applications", self.create)
        self.serve("GET", one, self.read)
        self.serve("PATCH", one, self.change)
        self.serve("DELETE", one, self.delete)
        self.serve("POST", f"{one}/addPassword", self.add_password)
        self.serve("POST", f"{one}/removePassword", self.remove_password)
        self.serve("POST", "/v1.0/servicePrincipals", self.add_principal)

    def is_proved(self, asked: Asked) -> bool:
        return asked.bearer in self.tokens

    def is_there(self, name: str) -> bool:
        return name in self.objects

    def give_token(self, asked: Asked) -> Answer:
        if asked.authorization or asked.body.get("client_id") != "admin-app":
            if asked.body.get("scope") != f"api://{asked.basic[0]}/.default":
                said = "AADSTS70011: The provided value for 'scope' is not valid."
                return 400, {"error": "invalid_scope", "error_description": said}
            return self.application_token(asked)
        if asked.body["client_secret"] != "admin-secret" or asked.body["scope"] != f"{self.url}/.default":
            return 401, {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret provided.",
            }
        return self.token()

    def create(self, asked: Asked) -> Answer:
        app_id, _ = self.keep(asked.body)
        object_id = f"object-{uuid.uuid4().hex}"
        self.objects[object_id], self.passwords[object_id] = app_id, {}
        return 201, {**asked.body, "id": object_id, "appId": app_id}

    def change(self, asked: Asked) -> Answer:
        self.clients[self.objects[asked.part[0]]].body |= asked.body
        return 204, None

    def read(self, asked: Asked) -> Answer:
        assert asked.query == {"$select": "passwordCredentials"}
        return 200, {"passwordCredentials": [{"keyId": key, "hint": "abc"} for key in self.passwords[asked.part[0]]]}

    def add_password(self, asked: Asked) -> Answer:
        key, secret = uuid.uuid4().hex, uuid.uuid4().hex
        self.passwords[asked.part[0]][key] = secret
        self.clients[self.objects[asked.part[0]]].secret = secret
        return 200, {"keyId": key, "secretText": secret, **asked.body["passwordCredential"]}

    def remove_password(self, asked: Asked) -> Answer:
        del self.passwords[asked.part[0]][asked.body["keyId"]]
        return 204, None

    def delete(self, asked: Asked) -> Answer:
        del self.clients[self.objects.pop(asked.part[0])]
        return 204, None

    def add_principal(self, asked: Asked) -> Answer:
        known = self.clients.get(asked.body["appId"])
        if known is None or "Refused" in known.body["displayName"]:
            said = "The appId does not reference a valid application"
            return 400, {"error": {"code": "Request_BadRequest", "message": said}}
        return 201, {"id": uuid.uuid4().hex, **asked.body}


def okta() -> Spoken:
    vendor = Okta()
    return Spoken(
        vendor=vendor,
        type="Okta",
        registration_url=f"{vendor.url}/oauth2/v1/clients",
        token_url=f"{vendor.url}/oauth2/default/v1/token",
        properties={"apiKey": "okta-api-token"},
        wrong={"apiKey": "another-token"},
    )


def auth0() -> Spoken:
    vendor = Auth0()
    known = {"client_id": "management", "client_secret": "management-secret", "audience": AUTH0_AUDIENCE}
    return Spoken(
        vendor=vendor,
        type="Auth0",
        registration_url=f"{vendor.url}/api/v2/clients",
        token_url=f"{vendor.url}/oauth/token",
        properties=known,
        wrong={**known, "client_secret": "another-secret"},
    )


def entra() -> Spoken:
    vendor = Entra()
    known = {"azure_ad_client_id": "admin-app", "azure_ad_client_secret": "admin-secret"}
    return Spoken(
        vendor=vendor,
        type="AzureAD",
        registration_url=f"{vendor.url}/v1.0/applications",
        token_url=f"{vendor.url}/tenant/oauth2/v2.0/token",
        properties=known,
        wrong={**known, "azure_ad_client_secret": "another-secret"},
    )
