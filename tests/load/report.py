"""The tables of a run, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.load.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.load.measures import Figures
    from tests.load.scenario import Scenario
    from tests.load.targets import Results

HEAD = (
    "way", "calls", "over", "per window", "short", "displaced", "refused",
    "cold writes / call", "writes / call", "writes / admitted", "added mean", "p50", "p99", "Retry-After error", "$ / M",
)  # fmt: skip


def rows(scenario: Scenario, found: dict[str, Figures]) -> Iterator[str]:
    """A scenario's table: a line per way to count."""
    yield f"\n**{scenario.name}** ({scenario.seconds:g} s)\n"
    yield _line(HEAD)
    yield _line(["---"] * len(HEAD))
    for way, figures in found.items():
        yield _line([way, *_cells(figures)])


def judged(results: Results) -> Iterator[str]:
    """Every target that these results can show, beside what was found."""
    yield "| target | at most | found | |"
    yield "|---|---|---|---|"
    for target in TARGETS:
        if (found := target.found(results)) is not None:
            met = "met" if found <= target.most else f"**missed**{target.why_missed and ': '}{target.why_missed}"
            yield f"| {target.name} | {target.shown(target.most)} | {target.shown(found)} | {met} |"


def _cells(figures: Figures) -> Iterator[str]:
    yield f"{figures.offered:,}"
    yield f"{figures.over:.2%}" if figures.over_calls else "0"
    yield "" if figures.windows is None else " to ".join(f"{count:,}" for count in sorted(set(figures.windows)))
    yield f"{figures.shortfall:.2%}"
    yield f"{figures.displaced:.2%}"
    yield f"{figures.refused:.1%}"
    yield f"{figures.cold_writes_per_call:.4f}"
    yield f"{figures.writes_per_call:.4f}"
    yield f"{figures.writes_per_admitted:.4f}"
    yield from (f"{seconds * 1000:.2f} ms" for seconds in (figures.added_mean, figures.added_p50, figures.added_p99))
    yield "" if figures.retry_after_error is None else f"{figures.retry_after_error:.2f} s"
    yield f"{figures.dollars_per_million:.3f}"


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
