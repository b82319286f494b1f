"""Makes client SDKs. Another function orders them by invoking this one; there is no way here from outside."""
