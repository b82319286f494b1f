"""Archives: APIs, products and applications leave as files, and come in as files."""
