"""The life of an API: states, revisions, where they are deployed, and what has a say in it."""
