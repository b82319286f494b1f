"""Custom operation policies, as providers make them and attach them."""

from __future__ import annotations

import json
from typing import Any

COMMON = "/operation-policies"

STAMP = '<property action="set" name="{{ headerName }}" value="{{headerValue}}" scope="transport"/>'
"""A template of Synapse's, as WSO2's guide has its first one."""

SCRIPT = '<log/>\n<script language="js">mc.setPayloadJSON({});</script>'
"""One that no gateway but WSO2's can run."""

ATTRIBUTES = [
    {
        "name": "headerName",
        "displayName": "Header Name",
        "type": "String",
        "required": True,
        "validationRegex": "^[A-Za-z-]+$",
    },
    {"name": "headerValue", "displayName": "Header Value", "type": "String", "defaultValue": "1"},
]


def specification(name: str = "stamp", version: str = "v1", **more: Any) -> dict[str, Any]:
    """The document of a specification."""
    data = {
        "category": "Mediation",
        "name": name,
        "version": version,
        "displayName": name.title(),
        "description": "Sets a header",
        "applicableFlows": ["request", "response"],
        "supportedGateways": ["Synapse"],
        "supportedApiTypes": ["HTTP"],
        "policyAttributes": ATTRIBUTES,
        **more,
    }
    return {"type": "operation_policy_specification", "version": "v4.7.0", "data": data}


def policy_files(definition: str = STAMP, name: str = "stamp", version: str = "v1", **more: Any) -> dict[str, Any]:
    """The fields of a form that adds a policy."""
    return {
        "policySpecFile": json.dumps(specification(name, version, **more)).encode(),
        "synapsePolicyDefinitionFile": definition.encode(),
    }


def attached(name: str = "stamp", version: str = "v1", **parameters: Any) -> dict[str, Any]:
    """A policy as it stands in a flow."""
    return {"policyName": name, "policyVersion": version, "parameters": parameters}


def operation(*request: dict[str, Any], target: str = "/menu") -> dict[str, Any]:
    """An operation with these policies on its request flow."""
    return {"verb": "GET", "target": target, "operationPolicies": {"request": list(request)}}
