"""The admin interface's documents, as they arrive and leave."""
