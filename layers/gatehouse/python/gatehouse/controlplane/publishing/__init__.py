"""The life of an API: designed, revised, deployed, published, retired."""
