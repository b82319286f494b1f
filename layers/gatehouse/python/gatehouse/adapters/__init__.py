"""The world behind the ports: DynamoDB, S3, tokens, backends, the clock."""
