"""OAuth and OpenID Connect: clients, what they are allowed, tokens, scopes, and who issues them."""
