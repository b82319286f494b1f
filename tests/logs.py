"""What the functions log, as the text that would reach the log group."""

from __future__ import annotations

import io
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collected() -> Iterator[io.StringIO]:
    """Everything that is logged inside, in the format of the functions' own logger."""
    logger = logging.getLogger("gatehouse")
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logger.handlers[0].formatter)
    logger.addHandler(handler)
    try:
        yield text
    finally:
        logger.removeHandler(handler)
