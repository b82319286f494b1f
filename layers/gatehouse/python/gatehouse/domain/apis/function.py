"""AWS Lambda functions as an API's backends, as far as a provider asks about them."""

from __future__ import annotations

from gatehouse.domain.errors import Invalid, NotFound


class NoFunctions(NotFound):
    """The API's backends are no AWS Lambda functions."""

    default_description = "The API's endpoint is not of type awslambda."


class FunctionsUnlisted(Invalid):
    """AWS does not let these credentials list functions."""

    message = "The AWS Lambda functions cannot be listed"
