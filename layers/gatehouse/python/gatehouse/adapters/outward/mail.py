"""Mail through Amazon SES. The local stack's emulator keeps what is sent, for its operator to read."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.adapters.aws import client
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from gatehouse.ports.people.mail import Letter

CONNECT_SECONDS = 1.0
READ_SECONDS = 3.0
ATTEMPTS = 2


class SesMail:
    """Implements `ports.people.mail.Mail`. Without a sender it is off."""

    def __init__(self, sender: str) -> None:
        """`sender` is the address that letters come from, which SES must know; "" sends none."""
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises Unavailable."""
        if not self._sender:
            raise Unavailable(cause="no sender of mail is set")
        kind = "Html" if letter.text.lstrip().startswith("<") else "Text"
        content = {"Subject": {"Data": letter.subject}, "Body": {kind: {"Data": letter.text}}}
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [letter.to]},
                Content={"Simple": content},
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=type(error).__name__, operation="send_email") from error

    @cached_property
    def _client(self) -> Any:
        return client("sesv2", connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS, attempts=ATTEMPTS)
