"""Lambda functions, ours and the tenants', as those that ask them see them."""
