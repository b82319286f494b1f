"""`python -m tests.load [--short]`: run every scenario and print the tables of docs/benchmarks.md."""

from __future__ import annotations

import gc
import os
import platform
import sys
import time

from tests.load import report, scenarios

GARBAGE_THRESHOLD = 100_000
"""A run keeps what became of every call; looking through it all again and again would take a sixth of the time."""


def main() -> None:
    """Print each scenario's rows as it ends, and the targets last."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n")
    print(*report.head(), sep="\n", flush=True)
    results = []
    for scenario in scenarios.short() if "--short" in sys.argv[1:] else scenarios.full():
        found = {way: scenario.run(way) for way in scenario.ways}
        results.append((scenario, found))
        print(*report.rows(scenario, found), sep="\n", flush=True)
    print("", *report.judged(results), sep="\n")
    print(f"\n{time.process_time():.0f} s of processor time")


if __name__ == "__main__":
    main()
