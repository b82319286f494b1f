"""Parameters say what differs between environments: endpoints, certificates, plans, where to deploy.

`apictl` does not put them into the project. It sends the project as it is, a zip within the zip, with the parameters of the
one environment beside it; they are merged here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.parameter_endpoints import endpoint_config
from gatehouse.controlplane.archives.project import Project, enveloped, listed, mapped, opened, text_of
from gatehouse.domain.apis.archive import ArchiveRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE = "SourceArchive.zip"
DEPLOYMENT = "Deployment"
PARAMETERS = "intermediate_params"
ENDPOINT_CERTIFICATES = "Endpoint-certificates"
CLIENT_CERTIFICATES = "Client-certificates"
ENVIRONMENTS = "deployment_environments"
DEPENDENT = "APIs"
KNOWN = frozenset(
    {
        "additionalProperties",
        "awsLambdaEndpoints",
        "certs",
        "dependentAPIs",
        "deploymentEnvironments",
        "endpointRoutingPolicy",
        "endpointType",
        "endpoints",
        "failoverEndpoints",
        "gatewayEnvironments",  # of older versions: it says nothing
        "loadBalanceEndpoints",
        "mutualSslCerts",
        "policies",
        "security",
    }
)


def merged(project: Project, *, document: str, kind: str) -> Project:
    """The project with its parameters in it, itself when it has none. `document` is `api` or `api_product`.

    Raises ArchiveRefused.
    """
    if SOURCE not in project.files:
        return project
    beside = project.below(DEPLOYMENT)
    source = opened(project.archives, project.files[SOURCE])
    if SOURCE in source.files:
        raise ArchiveRefused.entry(SOURCE, "holds another one; archives are one in another at most")
    found = beside.document(PARAMETERS)
    configs = mapped(project.document(PARAMETERS) if found is None else found, PARAMETERS)
    return applied(source, configs, {**project.files, **beside.files}, document=document, kind=kind)


def applied(
    project: Project, configs: Mapping[str, Any], beside: Mapping[str, bytes], *, document: str, kind: str
) -> Project:
    """The project with these parameters in it; the certificates that they name are `beside` it. Raises ArchiveRefused."""
    for name in configs:
        if name not in KNOWN:
            raise ArchiveRefused.entry(f"{PARAMETERS}: {name}", f"is none of {', '.join(sorted(KNOWN))}")
    data = mapped(project.data(document, kind), document)
    changed = project.with_document(document, enveloped(kind, _data(data, configs)))
    changed = _with_endpoint_certificates(changed, configs, beside)
    changed = _with_client_certificates(changed, configs, beside)
    for name, dependent in mapped(configs.get("dependentAPIs"), f"{PARAMETERS}: dependentAPIs").items():
        changed = _with_dependent(changed, name, mapped(dependent, f"{PARAMETERS}: dependentAPIs.{name}"), beside)
    environments = configs.get("deploymentEnvironments")
    if environments:
        listed(environments, f"{PARAMETERS}: deploymentEnvironments")
        changed = changed.with_document(ENVIRONMENTS, enveloped(ENVIRONMENTS, environments))
    return changed


def _with_dependent(project: Project, name: str, configs: Mapping[str, Any], beside: Mapping[str, bytes]) -> Project:
    """The project of a product with the parameters of one of its APIs in that one's project."""
    folder = f"{DEPENDENT}/{name}"
    inside = project.below(folder)
    if not inside.files:
        raise ArchiveRefused.entry(f"{PARAMETERS}: dependentAPIs.{name}", f"there is no folder '{folder}'")
    changed = applied(inside, configs, beside, document="api", kind="api")
    kept = _without(project, f"{folder}/")
    files = {**kept, **{f"{folder}/{path}": file for path, file in changed.files.items()}}
    return Project(project.archives, files, project.name)


def _data(data: Mapping[str, Any], configs: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(data)
    config = endpoint_config(mapped(data.get("endpointConfig"), "data.endpointConfig"), configs)
    if config:
        changed["endpointConfig"] = config
    policies = configs.get("policies")
    if policies:
        if not isinstance(policies, list):
            raise ArchiveRefused.entry(f"{PARAMETERS}: policies", "must be a list of names")
        changed["policies"] = policies
    properties = configs.get("additionalProperties")
    if properties:
        changed["additionalProperties"] = _properties(data.get("additionalProperties"), properties)
    return changed


def _properties(there: object, given: object) -> list[dict[str, Any]]:
    """Those that are there, with those that are given in their place or at the end; a map says names and values."""
    where = f"{PARAMETERS}: additionalProperties"
    if isinstance(given, dict):
        wanted = [{"name": name, "value": text_of(value, f"{where}.{name}")} for name, value in given.items()]
    else:
        wanted = listed(given, where)
    before = there
    if isinstance(there, dict):
        before = [{"name": name, "value": value} for name, value in there.items()]
    by_name = {one.get("name"): one for one in listed(before, "data.additionalProperties")}
    for one in wanted:
        by_name[one.get("name")] = {"display": False, **by_name.get(one.get("name"), {}), **one}
    return list(by_name.values())


def _with_endpoint_certificates(project: Project, configs: Mapping[str, Any], beside: Mapping[str, bytes]) -> Project:
    where = f"{PARAMETERS}: certs"
    wanted = listed(configs.get("certs"), where)
    if not wanted:
        return project
    data, added = [], {}
    for index, one in enumerate(wanted):
        path = text_of(one.get("path"), f"{where}.{index}.path")
        name = path.rpartition("/")[2]
        added[f"{ENDPOINT_CERTIFICATES}/{name}"] = _certificate(path, beside, f"{where}.{index}.path")
        host = text_of(one.get("hostName"), f"{where}.{index}.hostName")
        alias = text_of(one.get("alias"), f"{where}.{index}.alias")
        data.append({"alias": alias, "endpoint": host, "certificate": name})
    kept = _without(project, f"{ENDPOINT_CERTIFICATES}/")
    stem = f"{ENDPOINT_CERTIFICATES}/endpoint_certificates"
    return Project(project.archives, {**kept, **added}, project.name).with_document(
        stem, enveloped("endpoint_certificates", data)
    )


def _with_client_certificates(project: Project, configs: Mapping[str, Any], beside: Mapping[str, bytes]) -> Project:
    where = f"{PARAMETERS}: mutualSslCerts"
    wanted = listed(configs.get("mutualSslCerts"), where)
    if not wanted:
        return project
    changed = Project(project.archives, _without(project, f"{CLIENT_CERTIFICATES}/"), project.name)
    by_type: dict[str, list[dict[str, Any]]] = {}
    files = dict(changed.files)
    for index, one in enumerate(wanted):
        path = text_of(one.get("path"), f"{where}.{index}.path")
        name, key_type = path.rpartition("/")[2], text_of(one.get("keyType"), where).upper() or "PRODUCTION"
        files[f"{CLIENT_CERTIFICATES}/{key_type}/{name}"] = _certificate(path, beside, f"{where}.{index}.path")
        tier = text_of(one.get("tierName"), f"{where}.{index}.tierName")
        alias = text_of(one.get("alias"), f"{where}.{index}.alias")
        by_type.setdefault(key_type, []).append({"alias": alias, "tierName": tier, "certificate": name})
    changed = Project(project.archives, files, project.name)
    for key_type, data in by_type.items():
        stem = f"{CLIENT_CERTIFICATES}/{key_type}/client_certificates"
        changed = changed.with_document(stem, enveloped("client_certificates", data))
    return changed


def _without(project: Project, start: str) -> dict[str, bytes]:
    return {path: file for path, file in project.files.items() if not path.startswith(start)}


def _certificate(path: str, beside: Mapping[str, bytes], where: str) -> bytes:
    """The file that a parameter names. Raises ArchiveRefused."""
    for folder in ("", "certificates/", f"{DEPLOYMENT}/", f"{DEPLOYMENT}/certificates/"):
        if folder + path in beside:
            return beside[folder + path]
    raise ArchiveRefused.entry(where, f"there is no file '{path}' among the certificates")
