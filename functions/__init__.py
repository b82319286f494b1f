"""One folder, one Lambda function, one concern."""
