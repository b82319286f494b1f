"""The authorizer function: the gateway's decision about a call, for API Gateways that call the backend themselves."""
