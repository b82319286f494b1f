"""A line of an interface (`edge.lines`), by the name that the publisher has for it."""

from gatehouse.edge.lines import Lines

__all__ = ["Lines"]
