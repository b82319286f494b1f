"""Trouble is what a person at the terminal can do something about: one clear sentence, no traceback."""

from __future__ import annotations


class Trouble(Exception):
    """The message is the sentence."""
