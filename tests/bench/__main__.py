"""`python -m tests.bench`: measure and print."""

from __future__ import annotations

import os
import platform

from tests.bench import cold_start, memory, warm_call
from tests.load import report, scenarios

COLD_START_MAX = 1.6
OWN_MICROSECONDS_MAX = 150
WITH_CLIENT_MICROSECONDS_MAX = 400
WRITES_MAX = 0.05


def main() -> None:
    """Print every figure beside its budget."""
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n")
    cold = cold_start.measure()
    _line("gateway cold start / bare botocore client", f"{cold.ratio:.2f}", f"≤ {COLD_START_MAX}")
    _line("  gateway cold start", f"{cold.gateway * 1000:.0f} ms", "")
    warm = warm_call.measure()
    print("\nown processor time of a warm call, event to response")
    budgets = {warm_call.PLAIN.name: OWN_MICROSECONDS_MAX, "over HTTP": WITH_CLIENT_MICROSECONDS_MAX}
    for name, microseconds in warm.own.items():
        budget = f"≤ {budgets[name]} µs" if name in budgets else ""
        _line(f"  {name}", f"{microseconds:.0f} µs", budget)
    _line("  urllib3 alone, for comparison", f"{warm.http_client_alone:.0f} µs", "")
    _line("  own time / urllib3 alone", f"{warm.own[warm_call.PLAIN.name] / warm.http_client_alone:.2f}", "")
    print("\nthe tables")
    _line("  reads on the median call", "0" if warm.calls_that_read < 0.5 else "more", "0")
    _line("  reads per call at 40 calls/s", f"{warm.reads:.4f}", "")
    _line("  writes per call and counter at 40 calls/s", f"{warm.writes_per_counter:.4f}", f"≤ {WRITES_MAX}")
    grown = memory.measure()
    print("\nmemory of an environment")
    _line(f"  after calls of {memory.APIS // 10:,} APIs", f"{grown.after_a_tenth:.0f} MB", "")
    _line(f"  after calls of {memory.APIS:,} APIs", f"{grown.after_all:.0f} MB", "bounded")
    print("\nthe throttling engine under load, in virtual time (`make load` for all of it)")
    results = [(one, {way: one.run(way) for way in one.ways}) for one in scenarios.short()]
    print(*report.judged(results), sep="\n")


def _line(what: str, figure: str, budget: str) -> None:
    print(f"{what:<46} {figure:>10}   {budget}")


if __name__ == "__main__":
    main()
