"""SCIM 2.0 (RFC 7643, RFC 7644): users and groups as identity providers and scripts provision them.

The library `scim2_models` has the schemas, the grammar of filters and paths, and PATCH; what is kept, and who may change
it, is the control plane's.
"""
