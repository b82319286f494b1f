"""The store: what developers find there, and the applications, keys and subscriptions that are their own."""
