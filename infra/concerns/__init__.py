"""The functions, one file each: what it is told, and all that it may do. `house` has what several of them share."""

from infra.concerns.admin import admin
from infra.concerns.authorizer import authorizer
from infra.concerns.courier import courier
from infra.concerns.gateway import gateway
from infra.concerns.governance import governance
from infra.concerns.house import House
from infra.concerns.hub import hub
from infra.concerns.identity import identity
from infra.concerns.key_manager import key_manager
from infra.concerns.publisher import publisher
from infra.concerns.service_catalog import service_catalog
from infra.concerns.store import store
from infra.concerns.throttling import throttling

__all__ = [
    "House",
    "admin",
    "authorizer",
    "courier",
    "gateway",
    "governance",
    "hub",
    "identity",
    "key_manager",
    "publisher",
    "service_catalog",
    "store",
    "throttling",
]
