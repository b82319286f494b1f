"""The store: developers find APIs, register applications, subscribe them and get keys for them."""
