"""The hub of WebSub APIs: what comes in at the gateway, and what the hub's own function makes of it.

At the gateway a subscriber's request and a backend's event pass the same entrance as every call; `hub` hands them over. In
the function `desk` keeps webhooks, and `delivery` brings events to them.
"""
