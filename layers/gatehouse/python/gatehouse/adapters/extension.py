"""An internal extension, so that Lambda says when it ends this environment: without one it kills it without a word.

It asks for no events and so delays none. All it does is be registered: then Lambda sends SIGTERM first, and half a second
later SIGKILL. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
"""

from __future__ import annotations

import json
import os
import signal
from http.client import HTTPConnection, HTTPException
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "gatehouse-last-words"
REGISTER_SECONDS = 0.5
_API = "/2020-01-01/extension"


def before_end(
    runtime_api: str, last_words: Callable[[], object], *, leave: Callable[[int], object] = os._exit
) -> bool:
    """Call `last_words` when Lambda ends this environment, then leave. Whether Lambda will tell.

    `runtime_api` is host:port of Lambda's Runtime API (`AWS_LAMBDA_RUNTIME_API`); "" elsewhere, where nothing is done.
    Called while the function starts, on the main thread: once the runtime asks for its first event, Lambda takes no more
    extensions.
    """
    identifier = _register(runtime_api) if runtime_api else None
    if identifier is None:
        return False
    # The runtime may be waiting for its next event in C when the signal comes, and no Python handler runs meanwhile. What
    # the interpreter writes into a pipe at once wakes another thread, which may also take locks that a handler may not.
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    Thread(target=_listen, args=(reading, last_words, leave), name="last-words", daemon=True).start()
    Thread(target=_wait_for_events, args=(runtime_api, identifier), name="extension", daemon=True).start()
    return True


def _register(runtime_api: str) -> str | None:
    """The extension's identifier; None where the API knows no extensions. Tokens are then lost with their environment."""
    connection = HTTPConnection(runtime_api, timeout=REGISTER_SECONDS)
    try:
        headers = {"lambda-extension-name": NAME, "content-type": "application/json"}
        connection.request("POST", f"{_API}/register", json.dumps({"events": []}), headers)
        return connection.getresponse().getheader("lambda-extension-identifier")
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _wait_for_events(runtime_api: str, identifier: str) -> None:
    """Ask for the next event, of which there are none: Lambda's start is complete when every extension has asked."""
    connection = HTTPConnection(runtime_api)
    try:
        connection.request("GET", f"{_API}/event/next", headers={"lambda-extension-identifier": identifier})
        connection.getresponse().read()
    except (OSError, HTTPException):
        return
    finally:
        connection.close()


def _listen(reading: int, last_words: Callable[[], object], leave: Callable[[int], object]) -> None:
    while signal.SIGTERM not in os.read(reading, 64):
        pass
    try:
        last_words()
    finally:
        leave(0)
