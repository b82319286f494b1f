"""OpenID Connect: who is at the browser, what they have allowed, and what a client learns of them."""
