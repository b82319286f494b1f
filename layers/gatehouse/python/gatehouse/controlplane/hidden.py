"""Hidden: what is shown in place of a secret that is kept. Sent back, it leaves the secret as it is."""

from __future__ import annotations

HIDDEN = "********"
