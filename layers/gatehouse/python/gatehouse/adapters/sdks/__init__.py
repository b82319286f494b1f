"""SDKs: the store's side (`shelf`), and the side of the function that makes them (`generator`)."""
