"""`python -m tests.bench`: measure and print."""

from __future__ import annotations

import os
import platform

from tests.bench import applications, cold_start, governance, large_api, memory, revocation, search, tokens, warm_call
from tests.load import report, scenarios

COLD_START_MAX = 1.6
OWN_MICROSECONDS_MAX = 150
WITH_CLIENT_MICROSECONDS_MAX = 400
WRITES_MAX = 0.05
MAX_STALENESS_SECONDS = 5
SEARCH_MILLISECONDS_MAX = 200


def main() -> None:
    """Print every figure beside its budget."""
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n")
    cold = cold_start.measure()
    _line("gateway cold start / bare botocore client", f"{cold.ratio:.2f}", f"≤ {COLD_START_MAX}")
    _line("  gateway cold start", f"{cold.gateway * 1000:.0f} ms", "")
    warm = warm_call.measure()
    print("\nown processor time of a warm call, event to response: the least of several rounds (their median)")
    budgets = {warm_call.PLAIN.name: OWN_MICROSECONDS_MAX, "over HTTP": WITH_CLIENT_MICROSECONDS_MAX}
    for name, times in warm.own.items():
        budget = f"≤ {budgets[name]} µs" if name in budgets else ""
        _line(f"  {name}", _microseconds(times), budget)
    alone = warm.http_client_alone
    _line("  urllib3 alone, for comparison", _microseconds(alone), "")
    _line("  own time / urllib3 alone", f"{warm.own[warm_call.PLAIN.name].least / alone.least:.2f}", "")
    _line("  own time over HTTP / urllib3 alone", f"{warm.own['over HTTP'].least / alone.least:.2f}", "")
    print("\nthe tables")
    _line("  reads on the median call", "0" if warm.calls_that_read < 0.5 else "more", "0")
    _line("  reads per call at 40 calls/s", f"{warm.reads:.4f}", "")
    _line("  writes per call and counter at 40 calls/s", f"{warm.writes_per_counter:.4f}", f"≤ {WRITES_MAX}")
    grown = memory.measure()
    print("\nmemory of an environment")
    _line(f"  after calls of {memory.APIS // 10:,} APIs", f"{grown.after_a_tenth:.0f} MB", "")
    _line(f"  after calls of {memory.APIS:,} APIs", f"{grown.after_all:.0f} MB", "bounded")
    print("\na token at the token endpoint, tables in memory: processor time, and how much of it is signing; writes")
    for name, cost in tokens.measure().items():
        _line(f"  {name}", f"{cost.own:.0f} + {cost.signing:.0f} µs", f"{cost.writes:.2f} writes")
    print(
        f"\nafter a revocation, {revocation.ENVIRONMENTS} environments, in virtual time: the last call that goes through"
    )
    for pace, seconds in revocation.measure().items():
        _line(f"  {pace} in each environment", f"{seconds:.2f} s", f"≤ {MAX_STALENESS_SECONDS} s")
    print("\na search over ten thousand APIs, in an environment that has searched before: the median (the least)")
    for query, times in search.measure().items():
        _line(f"  {query or 'all of them'}", str(times), f"≤ {SEARCH_MILLISECONDS_MAX} ms")
    print("\na view of compliance over ten thousand judged APIs, in an environment that has had one before: likewise")
    for path, times in governance.measure().items():
        _line(f"  {path}", str(times), f"≤ {SEARCH_MILLISECONDS_MAX} ms")
    print("\nthe median list of fifty thousand applications and subscriptions, where they have been listed before")
    for question, milliseconds in applications.measure().items():
        _line(f"  {question}", f"{milliseconds:.0f} ms", f"≤ {SEARCH_MILLISECONDS_MAX} ms")
    print(f"\na definition of {large_api.OPERATIONS} operations, tables in memory: processor time and sizes")
    large = large_api.measure()
    _line(f"  import ({large.definition_kilobytes:.0f} kB of JSON)", f"{large.imported:.0f} ms", "")
    _line("  revision and deployment", f"{large.deployed:.0f} ms", "")
    _line(f"  read at the gateway ({large.artifact_kilobytes:.0f} kB)", f"{large.read:.1f} ms", "")
    print("\nthe throttling engine under load, in virtual time (`make load` for all of it)")
    results = [(one, {way: one.run(way) for way in one.ways}) for one in scenarios.short()]
    print(*report.judged(results), sep="\n")


def _microseconds(times: warm_call.Microseconds) -> str:
    return f"{times.least:.0f} ({times.median:.0f}) µs"


def _line(what: str, figure: str, budget: str) -> None:
    print(f"{what:<46} {figure:>10}   {budget}")


if __name__ == "__main__":
    main()
