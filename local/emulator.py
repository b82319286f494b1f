"""The emulator of AWS, in a process of its own, with the two front doors on ports of their own.

`python -m local.emulator CONFIGURATION` (a JSON file written by `local.stack`). A call that comes in on a front door's
port is addressed to that door's HTTP API; everything else is AWS.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from ministack import app as ministack

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    Scope = MutableMapping[str, Any]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    App = Callable[[Any, Any, Any], Awaitable[None]]

SAVE_SECONDS = 20
"""How often data is written to disk, besides at the end: a killed process loses no more than this."""

DATA = ("dynamodb", "s3", "secretsmanager")
"""What changes between deployments. The rest (tens of megabytes of Lambda layers) is written when one has happened."""

GRACE_SECONDS = 1
KEEP_ALIVE_SECONDS = 75


def with_front_doors(app: App, doors: Mapping[int, str], outputs: Path) -> App:
    """The emulator's ASGI app, with `doors`: port → name of the stack output that holds the HTTP API's id."""

    async def front(scope: Scope, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        door = doors.get((scope.get("server") or ("", 0))[1]) if scope["type"] == "http" else None
        if door is None:
            await app(scope, receive, send)
            return
        api_id = _api_id(outputs, door)
        if api_id is None:
            await _not_yet(send)
            return
        # The path form of the address keeps the emulator from answering paths of its own, such as /health.
        prefix = f"/_aws/execute-api/{api_id}/$default"
        method = _Options("OPTIONS") if scope["method"] == "OPTIONS" else scope["method"]
        await app(
            {
                **scope,
                "method": method,
                "path": f"{prefix}{scope['path']}",
                "raw_path": prefix.encode()
                + scope["raw_path"],  # as it was sent: what is decoded is the front door's choice
                "headers": _forwarded(scope),
            },
            receive,
            send,
        )

    return front


class _Options(str):
    """OPTIONS as AWS treats it: a method like any other, which `$default` gets. The emulator would answer it itself."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Never what the emulator looks for."""
        return other is self

    def __hash__(self) -> int:
        """As any text of this content."""
        return hash(str(self))


def _forwarded(scope: Scope) -> list[tuple[bytes, bytes]]:
    """The request's headers with those that API Gateway sets."""
    client = (scope.get("client") or ("127.0.0.1", 0))[0]
    before = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
    ours = {
        b"x-forwarded-for": ", ".join([*before, client]).encode(),
        b"x-forwarded-port": str(scope["server"][1]).encode(),
        b"x-forwarded-proto": str(scope.get("scheme", "http")).encode(),
    }
    return [*((name, value) for name, value in scope["headers"] if name.lower() not in ours), *ours.items()]


def _api_id(outputs: Path, door: str) -> str | None:
    try:
        stacks = json.loads(outputs.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return next((stack[door] for stack in stacks.values() if door in stack), None)


async def _not_yet(send: Send) -> None:
    await send({"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"5")]})
    await send({"type": "http.response.body", "body": b"The stack is not deployed yet.\n"})


async def serve(configuration: Mapping[str, Any]) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = Config()
    config.bind = [f"127.0.0.1:{port}" for port in configuration["https"]]
    config.insecure_bind = [f"127.0.0.1:{port}" for port in configuration["http"]]
    config.certfile, config.keyfile = configuration["certificate"], configuration["key"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.loglevel = "WARNING"
    doors = {int(port): door for port, door in configuration["doors"].items()}
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    outputs = Path(configuration["outputs"])
    saving = asyncio.create_task(_save_now_and_then(outputs))
    front = with_front_doors(ministack.app, doors, outputs)
    serving = asyncio.create_task(hypercorn_serve(front, config, shutdown_trigger=ended.wait))
    await asyncio.wait([serving, asyncio.create_task(ended.wait())], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait([serving], timeout=GRACE_SECONDS)
    saving.cancel()
    ministack.save_all(ministack._build_persistence_save_dict())
    # Connections that clients keep open and threads that wait for Lambda workers would hold the process up for long.
    os._exit(0)


async def _save_now_and_then(outputs: Path) -> None:
    deployed = _changed_at(outputs)
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        everything = ministack._build_persistence_save_dict()
        changed = _changed_at(outputs)
        kept = everything if changed != deployed else {name: everything[name] for name in DATA if name in everything}
        ministack.save_all(kept)
        deployed = changed


def _changed_at(file: Path) -> float:
    return file.stat().st_mtime if file.exists() else 0.0


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
