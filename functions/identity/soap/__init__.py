"""The part of WSO2's SOAP services that older automation calls: users, roles and tenants, over the same rules as SCIM."""
