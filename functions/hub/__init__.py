"""The hub of WebSub APIs. The gateway invokes it, and it invokes itself; there is no way here from outside."""
