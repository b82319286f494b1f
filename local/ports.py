"""The ports of a local stack: WSO2's defaults, all shifted by `PORT_OFFSET`."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, fields
from typing import Self

from local.trouble import Trouble

LOOPBACK = "127.0.0.1"
OFFSET_MAX = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where a local stack listens, on loopback only."""

    management_https: int = 9443
    management_http: int = 9763
    gateway_https: int = 8243
    gateway_http: int = 8280
    emulator: int = 4566
    backend: int = 9090

    @classmethod
    def shifted(cls, offset: int) -> Self:
        """All ports, this much higher."""
        return cls(**{field.name: int(str(field.default)) + offset for field in fields(cls)})

    @property
    def management_url(self) -> str:
        """The management front door, over HTTPS."""
        return f"https://localhost:{self.management_https}"

    @property
    def gateway_url(self) -> str:
        """The gateway front door, over HTTPS."""
        return f"https://localhost:{self.gateway_https}"

    @property
    def emulator_url(self) -> str:
        """AWS, as far as this machine is concerned."""
        return f"http://localhost:{self.emulator}"

    @property
    def backend_url(self) -> str:
        """The sample backend."""
        return f"http://localhost:{self.backend}"

    def claim(self) -> None:
        """Make sure that all are free. Raises Trouble that names the first one taken."""
        for field in fields(self):
            port = getattr(self, field.name)
            with socket.socket() as probe:
                if probe.connect_ex((LOOPBACK, port)) == 0:
                    raise Trouble(
                        f"Port {port} ({field.name.replace('_', ' ')}) is taken by another process. "
                        "End it, or shift all ports: PORT_OFFSET=100 make run"
                    )


def offset_from_environment() -> int:
    """`PORT_OFFSET`, 0 when it is not set. Raises Trouble when it is not a usable number."""
    text = os.environ.get("PORT_OFFSET", "0") or "0"
    if not text.isascii() or not text.isdigit() or int(text) > OFFSET_MAX:
        raise Trouble(f"PORT_OFFSET must be a whole number from 0 to {OFFSET_MAX}, not '{text}'.")
    return int(text)
