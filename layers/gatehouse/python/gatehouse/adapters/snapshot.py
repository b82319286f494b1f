"""SnapStart: an environment starts as a copy of a snapshot, one of perhaps many. What must be its own is made afterwards."""

from __future__ import annotations

import importlib
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def after_restore(forget: Callable[[], object]) -> bool:
    """Call `forget` whenever this environment begins as a copy. Whether it may: only Lambda's own runtime has the hook.

    https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
    """
    try:
        hooks = importlib.import_module("snapshot_restore_py")
    except ImportError:
        return False
    # All copies would draw the same pauses and probes, and meet at the store.
    hooks.register_after_restore(random.seed)
    hooks.register_after_restore(forget)
    return True
