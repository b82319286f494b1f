"""Endpoints and their credentials as parameters name them, in the terms of an API's `endpointConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.project import listed, mapped, text_of
from gatehouse.domain.apis.archive import ArchiveRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

WHERE = "intermediate_params"
SIDES = ("production", "sandbox")
TYPES = {"rest": "http", "http": "http", "soap": "address", "dynamic": "default", "aws": "awslambda"}
ROUND_ROBIN = "org.apache.synapse.endpoints.algorithms.RoundRobin"
BALANCED, FAILOVER = ("load_balance", "load_balanced"), ("failover",)
OAUTH = "oauth"


def endpoint_config(before: Mapping[str, Any], configs: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with the parameters' endpoints and credentials in it; {} when they say nothing of either.

    Raises ArchiveRefused.
    """
    routing = text_of(configs.get("endpointRoutingPolicy"), f"{WHERE}: endpointRoutingPolicy").lower()
    given = _type(configs)
    endpoints: dict[str, Any] = {}
    if routing in BALANCED:
        endpoints = _balanced(mapped(configs.get("loadBalanceEndpoints"), f"{WHERE}: loadBalanceEndpoints"), given)
    elif routing in FAILOVER:
        endpoints = _failover(mapped(configs.get("failoverEndpoints"), f"{WHERE}: failoverEndpoints"), given)
    elif routing:
        raise ArchiveRefused.entry(
            f"{WHERE}: endpointRoutingPolicy", f"'{routing}' is neither load_balanced nor failover"
        )
    elif given == TYPES["dynamic"]:
        sides = {f"{side}_endpoints": {"url": "default"} for side in SIDES}
        endpoints = {"endpoint_type": given, "failOver": "False", **sides}
    elif given == TYPES["aws"]:
        endpoints = _functions(mapped(configs.get("awsLambdaEndpoints"), f"{WHERE}: awsLambdaEndpoints"))
    elif configs.get("endpoints"):
        endpoints = _plain(mapped(configs["endpoints"], f"{WHERE}: endpoints"), given)
    security = _security(mapped(configs.get("security"), f"{WHERE}: security"))
    if not endpoints and not security:
        return {}
    config = {**endpoints, **_kept(before)} if endpoints else dict(before)
    if security:
        config["endpoint_security"] = {**mapped(config.get("endpoint_security"), "endpoint_security"), **security}
    return config


def _kept(before: Mapping[str, Any]) -> dict[str, Any]:
    """What of the project's own configuration other endpoints leave as it is."""
    return {"endpoint_security": before["endpoint_security"]} if before.get("endpoint_security") else {}


def _type(configs: Mapping[str, Any]) -> str:
    given = text_of(configs.get("endpointType"), f"{WHERE}: endpointType").lower() or "rest"
    if given not in TYPES:
        raise ArchiveRefused.entry(f"{WHERE}: endpointType", f"'{given}' is none of {', '.join(TYPES)}")
    return TYPES[given]


def _plain(endpoints: Mapping[str, Any], kind: str) -> dict[str, Any]:
    where = f"{WHERE}: endpoints"
    sides = {
        f"{side}_endpoints": _endpoint(endpoints[side], kind, f"{where}.{side}")
        for side in SIDES
        if endpoints.get(side)
    }
    if not sides:
        raise ArchiveRefused.entry(where, "has neither a production nor a sandbox endpoint")
    return {"endpoint_type": kind, **sides}


def _balanced(endpoints: Mapping[str, Any], kind: str) -> dict[str, Any]:
    where = f"{WHERE}: loadBalanceEndpoints"
    sides = {
        f"{side}_endpoints": [
            _endpoint(one, kind, f"{where}.{side}") for one in listed(endpoints[side], f"{where}.{side}")
        ]
        for side in SIDES
        if endpoints.get(side)
    }
    if not sides:
        raise ArchiveRefused.entry(where, "has neither production nor sandbox endpoints")
    sessions = {
        name: text_of(endpoints[name], f"{where}.{name}")
        for name in ("sessionManagement", "sessionTimeOut")
        if endpoints.get(name) is not None
    }
    algorithm = text_of(endpoints.get("algoCombo"), f"{where}.algoCombo") or ROUND_ROBIN
    return {"endpoint_type": "load_balance", "algoCombo": algorithm, "failOver": "False", **sessions, **sides}


def _failover(endpoints: Mapping[str, Any], kind: str) -> dict[str, Any]:
    where = f"{WHERE}: failoverEndpoints"
    sides: dict[str, Any] = {}
    for side in SIDES:
        if endpoints.get(side):
            sides[f"{side}_endpoints"] = _endpoint(endpoints[side], kind, f"{where}.{side}")
        others = listed(endpoints.get(f"{side}Failovers"), f"{where}.{side}Failovers")
        if others:
            sides[f"{side}_failovers"] = [_endpoint(one, kind, f"{where}.{side}Failovers") for one in others]
    if not sides:
        raise ArchiveRefused.entry(where, "has neither a production nor a sandbox endpoint")
    return {"endpoint_type": "failover", "failOver": "True", **sides}


def _functions(given: Mapping[str, Any]) -> dict[str, Any]:
    where = f"{WHERE}: awsLambdaEndpoints"
    keys = {"stored": "stored", "role_supplied": "role-supplied", "role-supplied": "role-supplied"}
    method = text_of(given.get("accessMethod"), f"{where}.accessMethod") or "role_supplied"
    if method not in keys:
        raise ArchiveRefused.entry(f"{where}.accessMethod", f"'{method}' is neither stored nor role_supplied")
    kept = {
        name: text_of(value, f"{where}.{name}") for name, value in given.items() if name.startswith("amzn") and value
    }
    return {"endpoint_type": "awslambda", "access_method": keys[method], **kept}


def _endpoint(given: object, kind: str, where: str) -> dict[str, Any]:
    endpoint = mapped(given, where)
    url = text_of(endpoint.get("url"), f"{where}.url")
    if not url:
        raise ArchiveRefused.entry(f"{where}.url", "is required")
    soap = {"endpoint_type": kind, "template_not_supported": False} if kind == TYPES["soap"] else {}
    config = mapped(endpoint.get("config"), f"{where}.config")
    return {**soap, "url": url, **({"config": config} if config else {})}


def _security(given: Mapping[str, Any]) -> dict[str, Any]:
    security: dict[str, Any] = {}
    for side in SIDES:
        one = mapped(given.get(side), f"{WHERE}: security.{side}")
        if not one:
            continue
        kind = text_of(one.get("type"), f"{WHERE}: security.{side}.type")
        # WSO2 spells the others in capitals, whatever the parameters say.
        security[side] = {**one, "type": OAUTH if kind.lower() == OAUTH else kind.upper()}
        security[side].setdefault("enabled", True)
    return security
