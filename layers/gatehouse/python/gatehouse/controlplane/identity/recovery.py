"""Recovery: whoever has forgotten their password gets a code by mail, and sets a new one with it.

What is answered, and when, is the same for every name: who has an account is not told.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed, Invalid, Unavailable
from gatehouse.domain.people.mail_address import mail_address
from gatehouse.ports.people.mail import Letter
from gatehouse.ports.people.recovery import RecoveryCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.identity.accounts import Accounts
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.people.mail import Mail
    from gatehouse.ports.people.recovery import RecoveryCodes
    from gatehouse.ports.world import Clock

CODE_BYTES = 32
CODE_SECONDS = 1800
"""How long a code may be used."""

PAUSE_SECONDS = 60
"""How often a user gets a letter: not more often than this."""

ANSWER_SECONDS = 1.0
"""How long an answer takes, whether a letter was sent or not."""


class RecoveryCodeWrong(Invalid):
    """There is no such code, or it has been used, or its time is over."""

    default_description = "The code is wrong, has been used already, or has expired. Ask for a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Sends codes and takes them."""

    accounts: Accounts
    codes: RecoveryCodes
    mail: Mail
    clock: Clock
    management_url: str
    pause: Callable[[float], object]

    def ask(self, tenant: str, username: str) -> None:
        """Send a code, if there is somebody of this name who can be sent one."""
        started = self.clock.now()
        user = self.accounts.users.get(tenant, username)
        address = mail_address(user) if user is not None and user.active else ""
        if user is not None and address:
            self._send(user, address)
        self.pause(max(ANSWER_SECONDS - (self.clock.now() - started), 0.0))

    def check(self, code: str) -> RecoveryCode:
        """Raises RecoveryCodeWrong."""
        tenant, digest = _read(code)
        found = self.codes.get(tenant, digest)
        if found is None or found.expires_at <= self.clock.now():
            raise RecoveryCodeWrong
        return found

    def set_password(self, code: str, password: str) -> None:
        """Use the code up for a new password. Raises RecoveryCodeWrong, Invalid (`password`), Changed."""
        found = self.check(code)
        user = self.accounts.users.get(found.tenant, found.user)
        if user is None or not user.active:
            raise RecoveryCodeWrong
        changed = self.accounts.with_password(user, password)
        if not self.codes.take(found):
            raise RecoveryCodeWrong
        self.accounts.keep(user, changed)

    def _send(self, user: User, address: str) -> None:
        secret = secrets.token_urlsafe(CODE_BYTES)
        now = int(self.clock.now())
        code = RecoveryCode(
            tenant=user.tenant,
            user=user.name,
            digest=_digest(secret),
            issued_at=now,
            expires_at=now + CODE_SECONDS,
        )
        # A letter that cannot be sent, or was sent a moment ago, must not be told from one to nobody.
        with suppress(Unavailable, Changed):
            if self.codes.issue(code, pause_seconds=PAUSE_SECONDS):
                self.mail.send(self._letter(user, address, f"{_encoded(user.tenant)}.{secret}"))

    def _letter(self, user: User, address: str, code: str) -> Letter:
        text = (
            f"Somebody, probably you, asked for a new password of the account '{user.name}' at {self.management_url}.\n\n"
            f"The code to set one is:\n\n    {code}\n\n"
            f"It can be used once, within {CODE_SECONDS // 60} minutes. If it was not you, nothing has to be done.\n"
        )
        return Letter(to=address, subject="A new password for your account", text=text)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _encoded(tenant: str) -> str:
    return base64.urlsafe_b64encode(tenant.encode()).decode().rstrip("=")


def _read(code: str) -> tuple[str, str]:
    """The tenant that a code is of, and its digest. Raises RecoveryCodeWrong."""
    tenant, _, secret = code.strip().partition(".")
    try:
        name = base64.urlsafe_b64decode(tenant + "=" * (-len(tenant) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise RecoveryCodeWrong from error
    return name, _digest(secret)
