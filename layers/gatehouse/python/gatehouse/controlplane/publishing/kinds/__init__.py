"""APIs that are more than operations over HTTP: GraphQL, streams, SOAP, and answers without a backend."""
