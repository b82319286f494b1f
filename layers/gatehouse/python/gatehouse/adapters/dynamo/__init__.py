"""DynamoDB: one file per table, with its rows and its repository. No row leaves its file."""
