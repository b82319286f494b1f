"""`python -m local run | stop | demo | forget`: what the Makefile's targets call."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from typing import TYPE_CHECKING

from local.demo import farewell, play
from local.node import ROOT
from local.ports import offset_from_environment
from local.stack import FOLDER, LocalStack
from local.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

STOP_SECONDS = 40


def run(offset: int) -> None:
    """Bring the stack up, play the demo, stay until Ctrl-C or `stop`."""
    if (pid := _running(offset)) is not None:
        raise Trouble(f"This stack is running already (process {pid}). End it with: make stop")
    stack = LocalStack.shifted(offset)
    print(f"Gatehouse on this machine; state and logs in {stack.folder.relative_to(ROOT)}")
    signal.signal(signal.SIGTERM, _interrupt)
    _pid_file(offset).parent.mkdir(parents=True, exist_ok=True)
    _pid_file(offset).write_text(str(os.getpid()))
    try:
        stack.start()
        play(stack.ports, stack.certificates.ca)
        farewell(stack.ports, stack.certificates.ca)
        stack.wait()
    except KeyboardInterrupt:
        print("\nStopping.")
    finally:
        stack.stop()
        _pid_file(offset).unlink(missing_ok=True)


def stop(offset: int) -> None:
    """End a running stack from another terminal."""
    pid = _running(offset)
    if pid is None:
        print("Nothing is running.")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _running(offset) is not None and time.monotonic() < deadline:
        time.sleep(0.2)
    if _running(offset) is not None:
        raise Trouble(f"Process {pid} does not end. End it with: kill -9 {pid}")
    print("Stopped.")


def demo(offset: int) -> None:
    """Play the main job again on a running stack."""
    if _running(offset) is None:
        raise Trouble("No stack is running. Start one with: make run")
    stack = LocalStack.shifted(offset)
    play(stack.ports, stack.certificates.ca)


def forget(offset: int) -> None:
    """Delete the state of a stack."""
    if _running(offset) is not None:
        raise Trouble("The stack is running. End it first with: make stop")
    shutil.rmtree(LocalStack.shifted(offset).folder, ignore_errors=True)
    print("The local stack's state is gone.")


def _pid_file(offset: int) -> Path:
    return FOLDER / f"run-{offset}.pid"


def _running(offset: int) -> int | None:
    """The process that runs this stack, None when there is none (any more)."""
    try:
        pid = int(_pid_file(offset).read_text())
        os.kill(pid, 0)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return None
    return None if pid == os.getpid() else pid


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


COMMANDS = {"run": run, "stop": stop, "demo": demo, "forget": forget}


def main(arguments: list[str]) -> int:
    """Run a command; trouble is one sentence and status 1."""
    command = COMMANDS.get(arguments[0]) if len(arguments) == 1 else None
    if command is None:
        sys.stderr.write(f"usage: python -m local {'|'.join(COMMANDS)}\n")
        return 2
    try:
        with contextlib.suppress(KeyboardInterrupt):
            command(offset_from_environment())
    except Trouble as trouble:
        sys.stderr.write(f"\n{trouble}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
