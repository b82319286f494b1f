"""What goes wrong with content that stands at somebody else's address."""

from __future__ import annotations

from gatehouse.domain.errors import Invalid


class UrlMalformed(Invalid):
    """No http or https address."""

    code = 900756
    message = "The URL is malformed"


class UrlUnreadable(Invalid):
    """Nothing to be taken stands there."""

    code = 900757
    message = "The URL does not answer with 200"
