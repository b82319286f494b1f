"""Categories and labels: words of the tenant that its administrator keeps, and that providers put on APIs."""

from __future__ import annotations

from gatehouse.domain.errors import Conflict, Invalid, NotFound

LABELS = "labels"
"""The property of an API's document that says the ids of its labels. Only attaching and detaching changes it."""


class LabelTaken(Conflict):
    """The tenant has a label of this name."""

    code = 900650
    message = "The label already exists"


class LabelNotFound(NotFound):
    """The tenant has no such label."""

    code = 900651
    message = "Label not found"

    @classmethod
    def by_id(cls, label_id: str) -> LabelNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Label with Id '{label_id}' not found")


class LabelInUse(Conflict):
    """APIs have it."""

    code = 900654
    message = "The label is in use"


class LabelNotAttachable(Invalid):
    """There is no such label to be put on an API."""

    code = 900655
    message = "The label cannot be attached"


class LabelNotDetachable(Invalid):
    """The API does not have it."""

    code = 900656
    message = "The label cannot be detached"


class CategoryInvalid(Invalid):
    """The tenant has no such category."""

    code = 900345
    message = "Invalid API category"


class CategoryTaken(Conflict):
    """The tenant has a category of this name."""

    default_description = "A category of this name exists already."


class CategoryNotFound(NotFound):
    """The tenant has no such category."""

    @classmethod
    def by_id(cls, category_id: str) -> CategoryNotFound:
        """The one sentence for all that are absent."""
        return cls(f"API category with Id '{category_id}' not found")


class CategoryInUse(Conflict):
    """APIs are in it."""

    message = "The API category is in use"
