"""The post: letters go out, and what keeps one from it is written to the log, because who asked for it is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from gatehouse.ports.people.mail import Letter, Mail

_log = Logger(service="gatehouse")


class LoggedMail:
    """Implements `ports.people.mail.Mail` on another."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises Unavailable, and says so in the log without the letter."""
        try:
            self._mail.send(letter)
        except Unavailable as error:
            _log.warning("a letter was not sent", extra={f"fact_{name}": value for name, value in error.facts.items()})
            raise
