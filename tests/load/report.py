"""The tables of a run, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.load.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.load.measures import Figures
    from tests.load.scenario import Scenario
    from tests.load.targets import Results

COLUMNS = (
    "scenario",
    "seconds",
    "way",
    "calls",
    "over",
    "admitted per window",
    "short",
    "displaced",
    "refused",
    "writes / call (cold)",
    "writes / admitted",
    "added ms: mean, p50, p99",
    "Retry-After off by",
    "$ / M calls",
)


def head() -> Iterator[str]:
    """The head of the table of figures."""
    yield _line(COLUMNS)
    yield _line(["---"] * len(COLUMNS))


def rows(scenario: Scenario, found: Mapping[str, Figures]) -> Iterator[str]:
    """A scenario's rows: one per way to count."""
    for number, (way, figures) in enumerate(found.items()):
        about = ("", "") if number else (scenario.name, f"{scenario.seconds:g}")
        yield _line([*about, way, *_cells(figures)])


def judged(results: Results) -> Iterator[str]:
    """Every target that these results can show, beside what was found."""
    yield "| target | at most | found | |"
    yield "|---|---|---|---|"
    for target in TARGETS:
        if (found := target.found(results)) is not None:
            missed = f"**missed**: {target.why_missed}" if target.why_missed else "**missed**"
            is_met = "met" if found <= target.most else missed
            yield f"| {target.name} | {target.shown(target.most)} | {target.shown(found)} | {is_met} |"


def _cells(figures: Figures) -> Iterator[str]:
    yield f"{figures.offered:,}"
    yield f"{figures.over:.2%}" if figures.over_calls else "0"
    yield "" if figures.windows is None else " to ".join(f"{count:,}" for count in sorted(set(figures.windows)))
    yield f"{figures.shortfall:.2%}"
    yield f"{figures.displaced:.2%}"
    yield f"{figures.refused:.1%}"
    yield f"{figures.writes_per_call:.4f} ({figures.cold_writes_per_call:.4f})"
    yield f"{figures.writes_per_admitted:.4f}"
    added = (figures.added_mean, figures.added_p50, figures.added_p99)
    yield ", ".join(f"{seconds * 1000:.2f}" for seconds in added)
    yield "" if figures.retry_after_error is None else f"{figures.retry_after_error:.2f} s"
    yield f"{figures.dollars_per_million:.3f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
