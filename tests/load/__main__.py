"""`python -m tests.load [--short]`: run every scenario and print the tables of docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import sys
import time

from tests.load import report, scenarios


def main() -> None:
    """Print a table per scenario as it ends, and the targets last."""
    started = time.monotonic()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    results = []
    for scenario in scenarios.short() if "--short" in sys.argv[1:] else scenarios.full():
        found = {way: scenario.run(way) for way in scenario.ways}
        results.append((scenario, found))
        print(*report.rows(scenario, found), sep="\n", flush=True)
    print("", *report.judged(results), sep="\n")
    print(f"\n{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
