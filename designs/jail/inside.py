# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The zygote: started inside the jail, it imports what takes long, then forks a process for each job.

It never reads a request: the job's own process does, so that nothing of one job is in the memory that the next begins
with. What it is told comes by a socket of messages from outside, together with the descriptors of the job: where
the request is, where the answer goes, where it may print. The job has those three and no others.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import random
import resource
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any

from designs.jail.confinement import confine, hidden
from designs.jail.limits import Limits
from designs.jail.outcome import ANSWERED, NO_MEMORY, NOT_CONFINED, RAISED

Function = Callable[[bytes], bytes]

_MESSAGE_BYTES = 65536
_REQUEST, _OUTPUT = 3, 4


def main() -> None:
    """``python -m designs.jail.inside <descriptor of the socket> <JSON: modules to import, entries>``"""
    control = socket.socket(fileno=int(sys.argv[1]))
    wanted = json.loads(sys.argv[2])
    hidden()
    for module in wanted["imported"]:
        importlib.import_module(module)
    functions, missing = _functions(wanted["entries"])
    _require_confinement()
    gc.collect()
    gc.freeze()  # a collection in a job would otherwise touch, and so copy, all of this
    _say(control, {"ready": sorted(functions), "missing": missing})
    while True:
        message, descriptors = _heard(control)
        if message is None:
            return
        if "entry" in message:
            _serve(control, message, descriptors, functions)
        for descriptor in descriptors:
            os.close(descriptor)


def _functions(entries: dict[str, str]) -> tuple[dict[str, Function], dict[str, str]]:
    found, missing = {}, {}
    for name, place in entries.items():
        module, function = place.split(":")
        try:
            found[name] = getattr(importlib.import_module(module), function)
        except (ImportError, AttributeError) as error:
            missing[name] = f"{type(error).__name__}: {error}"
    return found, missing


def _require_confinement() -> None:
    """Raises OSError where this kernel doesn't do what a job asks of it: then there is no jail."""
    trial = os.fork()
    if trial == 0:
        code = NOT_CONFINED
        try:
            confine(Limits())
            code = ANSWERED
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(trial, 0)[1])
    if code != ANSWERED:
        raise OSError(f"a process could not be confined ({code})")


def _serve(
    control: socket.socket, message: dict[str, Any], descriptors: list[int], functions: dict[str, Function]
) -> None:
    job = os.fork()
    if job == 0:
        _job(control, message, descriptors, functions)  # does not return
    for descriptor in descriptors:  # the pipes end when the job does
        os.close(descriptor)
    descriptors.clear()
    watched = os.pidfd_open(job)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(watched, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if watched in ready:
            break
        said, _ = _heard(control)
        os.kill(job, signal.SIGKILL)  # whatever was said: to stop, or nothing any more
        if said is None:
            os.waitpid(job, 0)
            os._exit(0)
    os.close(watched)
    _, status, used = os.wait4(job, 0)
    _say(control, {
        "ended": os.waitstatus_to_exitcode(status),
        "cpu": used.ru_utime + used.ru_stime,
        "peak_kb": used.ru_maxrss,
    })  # fmt: skip


def _job(
    control: socket.socket, message: dict[str, Any], descriptors: list[int], functions: dict[str, Function]
) -> None:
    code = NOT_CONFINED
    try:
        request, output, said = descriptors
        os.dup2(said, 1)
        os.dup2(said, 2)
        # Away from 3 and 4 first, so that neither is overwritten before it is moved.
        high_request, high_output = os.dup(request), os.dup(output)
        for spare in (request, output, said):
            if spare > _OUTPUT:
                os.close(spare)
        control.detach()
        os.dup2(high_request, _REQUEST)
        os.dup2(high_output, _OUTPUT)
        os.closerange(_OUTPUT + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        os.setpgid(0, 0)
        os.nice(3)  # the site's pages come first
        limits = Limits.parse(message["limits"])
        confine(limits)
        code = RAISED
        random.seed(0)
        sys.modules["numpy"].random.seed(0)
        with open(_REQUEST, "rb") as file:
            data = file.read()
        answer = functions[message["entry"]](data)
        sys.stdout.flush()
        sys.stderr.flush()
        _write(struct.pack(">Q", len(answer)))
        _write(answer)
        code = ANSWERED
    except MemoryError:
        code = NO_MEMORY
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _write(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(_OUTPUT, rest) :]


def _say(control: socket.socket, message: dict[str, Any]) -> None:
    control.sendall(json.dumps(message).encode())


def _heard(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """A message and its descriptors; None when the other side is gone."""
    data, ancillary, _, _ = control.recvmsg(_MESSAGE_BYTES, socket.CMSG_SPACE(3 * array.array("i").itemsize))
    descriptors = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return (json.loads(data) if data else None), list(descriptors)


if __name__ == "__main__":
    main()
