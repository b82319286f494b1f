"""What an environment of the gateway knows of the artifacts, and how it finds an operation in it."""
