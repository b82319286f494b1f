"""API products: several APIs' operations, bundled. `products` has what providers do with them."""
