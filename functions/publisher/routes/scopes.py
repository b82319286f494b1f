"""Scopes of the publisher interface, short enough to stand in a line. Any one of an operation's is enough."""

from __future__ import annotations

CREATE = "apim:api_create"
DEFINITION = "apim:api_definition_view"
DELETE = "apim:api_delete"
EXPORT = "apim:api_import_export"
LIST = "apim:api_list_view"
MANAGE = "apim:api_manage"
PRODUCT_EXPORT = "apim:api_product_import_export"
PUBLISH = "apim:api_publish"
TIER_MANAGE = "apim:tier_manage"
TIER_VIEW = "apim:tier_view"
MCP_VIEW = "apim:mcp_server_view"
SETTINGS = "apim:publisher_settings"
VIEW = "apim:api_view"
