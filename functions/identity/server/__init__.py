"""WSO2's server configuration interface (`/api/server/v1`): user stores and identity providers."""
