"""Form tokens: a form is taken from the browser it was shown in, for the request it was shown for, within its time.

So no other site can log somebody in, or consent for them (RFC 9700 §4.7.1). Nothing is kept: a token is an HMAC.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.controlplane.openid.session import Visitor
    from gatehouse.ports.tokens.signing import Keyring
    from gatehouse.ports.world import Clock

FORM_SECONDS = 600
"""How long a form may lie open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTokens:
    """Makes and checks form tokens."""

    keyring: Keyring
    clock: Clock

    def make(self, visitor: Visitor, form: str, about: str) -> str:
        """A token for this form (`login`), shown to this visitor, about this request."""
        expires_at = int(self.clock.now()) + FORM_SECONDS
        return f"{expires_at}.{self._mac(visitor, form, about, expires_at)}"

    def proves(self, token: str, visitor: Visitor, form: str, about: str) -> bool:
        """Whether the token was made for exactly this, and not too long ago."""
        expiry, _, mac = token.partition(".")
        if not (expiry.isascii() and expiry.isdigit() and mac.isascii()) or int(expiry[:12]) <= self.clock.now():
            return False
        return hmac.compare_digest(mac, self._mac(visitor, form, about, int(expiry[:12])))

    def _mac(self, visitor: Visitor, form: str, about: str, expires_at: int) -> str:
        mac = self.keyring.derive(f"form\n{form}\n{expires_at}\n{visitor.digest}\n{about}")
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
