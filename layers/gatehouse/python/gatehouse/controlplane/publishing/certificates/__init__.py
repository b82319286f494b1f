"""Certificates: those that clients and backends show, and whom backends are trusted by."""
