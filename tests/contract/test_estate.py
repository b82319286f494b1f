"""Everything that a tenant owns is found and deleted, in steps, and nothing of another's."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.estate import TableEstate, Tables
from gatehouse.adapters.dynamo.table import Row, bind

if TYPE_CHECKING:
    from tests.conftest import DynamoDB

OWNED: dict[str, list[tuple[str, str, dict[str, object]]]] = {
    "apis": [
        ("T#APIS", "menu#1.0.0#api-1", {}),
        ("T#API#api-1", "META", {}),
        ("T#API#api-1", "REVISION#1", {}),
        ("T#API#api-1", "DEPLOYMENT#Default", {}),
        ("T#DEPLOYED", "Default#api-1", {}),
        ("T#NAME", "menu", {}),
        ("T#NAMEVERSION", "menu#1.0.0", {}),
        ("T#CONTEXT", "/menu/1.0.0", {}),
        ("T#SCOPENAME", "order", {}),
        ("T#OPERATIONPOLICY", "1", {}),
        ("T#OPERATIONPOLICY#NAME", "stamp v1", {}),
        ("T#GATEWAYPOLICYDEPLOYMENT#NAME", "default", {}),
    ],
    "applications": [
        ("T#APPS", "mary#kiosk", {"id": "app-1"}),
        ("T#APP#app-1", "META", {}),
        ("T#APP#app-1", "SUB#api-1", {}),
        ("T#APP#app-1", "APIKEY#1", {"digest": "d1"}),
        ("T#BOUNDKEYS#mary", "api-1#2", {"digest": "d2"}),
        ("T#APIKEYS#api-1", "2", {}),
        ("T#APISUBS#api-1", "app-1", {}),
        ("T#HOLDERS#api-1", "app-1", {}),
        ("T#WEBHOOKS#app-1", "api-1#topic#callback", {}),
        ("T#CLIENTS#km-1", "theirs", {}),
        ("T#SUBID", "sub-1", {}),
        ("T#WELCOMED", "mary", {}),
    ],
    "oauth": [
        ("T#CLIENTNAME#Mary", "kiosk", {"id": "client-1"}),
        ("T#CLIENT#client-1", "META", {}),
        ("CLIENT#client-1", "META", {}),
        ("T#CONSENT#Mary", "client-1 x", {}),
    ],
    "settings": [
        ("T#POLICY#subscription", "Gold", {}),
        ("T#POLICYID", "1", {}),
        ("T#KEYMANAGERS", "okta", {}),
        ("T#KEYMANAGERID", "km-1", {}),
        ("T#ISSUERS", "okta", {}),
        ("T#CONFIGURATION", "DOCUMENT", {}),
        ("T#DENY", "1", {}),
        ("T#DENYVALUE", "IP x", {}),
        ("T#TRUST", "alias", {"host": "backend.example"}),
    ],
    "artifacts": [
        ("T#ROUTES#menu", "/menu/1.0.0", {}),
        ("T#API#api-1", "REVISION", {}),
        ("T#FACTS#api-1#1", "MOCK GET /", {}),
        ("T#CLIENT#client-1", "GRANT", {}),
        ("T#KEYMANAGER#km-1#CLIENT#theirs", "GRANT", {}),
        ("T#APP#app-1", "PROFILE", {}),
        ("T#SUB#app-1", "api-1", {}),
        ("T#ABROAD#app-1", "api-2", {}),
        ("T#APIKEY#d1", "GRANT", {}),
        ("T#APIKEY#d2", "GRANT", {}),
        ("T#POLICY#subscription", "Gold", {}),
        ("T#DENY", "1", {}),
        ("T#SCOPE", "order", {}),
        ("T#TRUST#backend.example", "alias", {}),
        ("T#KEYS", "JWKS", {}),
        ("T#ISSUER", "okta", {}),
        ("T#ENVIRONMENT", "eu", {}),
        ("T#GATEWAYPOLICY", "Default", {}),
    ],
    "workflows": [("T#PENDING", "reference-1", {}), ("T#DECIDED", "reference-2", {})],
    "identity": [
        ("T#USER", "mary", {"name": "Mary"}),
        ("T#USERID", "1", {}),
        ("T#ROLE", "gold", {}),
        ("T#ROLEID", "2", {}),
        ("T#MEMBER#gold", "mary", {}),
        ("T#RECOVERY", "x", {}),
        ("T#USERSTORE", "CORP", {}),
        ("T#IDP", "1", {}),
    ],
}
"""A row of every kind, with the tenant's domain in place of `T` and ids made its own."""


def test_it_goes_in_steps_and_another_tenant_s_stays(dynamodb: DynamoDB) -> None:
    rows = {name: bind(Row, dynamodb.table(name)) for name in OWNED}
    tables = Tables(**{name: row.Meta.table_name for name, row in rows.items()})
    mine, other = (f"{uuid.uuid4().hex}.example" for _ in range(2))
    for tenant in (mine, other):
        for name, owned in OWNED.items():
            for pk, sk, body in owned:
                key = pk.replace("T#", f"{tenant}#", 1) if pk.startswith("T#") else f"{pk}-{tenant}"
                own = {
                    part: f"{value}-{tenant}" if part == "id" and name == "oauth" else value
                    for part, value in body.items()
                }
                key = key.replace("#CLIENT#client-1", f"#CLIENT#client-1-{tenant}")
                rows[name](key, sk, body=own).save()
    rows["artifacts"](f"{mine}#REVOKED#USER", "mary", body={"before": 1}).save()

    def left(tenant: str) -> set[str]:
        return {
            f"{name} {row.pk}"
            for name, kind in rows.items()
            for row in kind.scan()
            if row.pk.startswith(f"{tenant}#") or row.pk.endswith(f"-{tenant}")
        }

    before, estate = left(other), TableEstate(tables)
    steps = 1
    while not estate.erase(mine, items=7):
        steps += 1
        assert steps < 50
    assert steps > 3
    assert left(mine) == {f"artifacts {mine}#REVOKED#USER"}
    assert left(other) == before
    assert estate.erase(mine, items=7)
