# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a job's process does to itself before the first byte of a stranger's is looked at; nothing of it can be undone."""

from __future__ import annotations

import ctypes
import os
import platform
import resource

from designs.jail.filter import program
from designs.jail.limits import Limits

# linux/prctl.h
_SET_DUMPABLE, _SET_SECCOMP, _SET_NO_NEW_PRIVILEGES = 4, 22, 38
_SECCOMP_FILTER = 2


class _Program(ctypes.Structure):
    """struct sock_fprog of linux/filter.h"""

    _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_char_p)]


def confine(limits: Limits) -> None:
    """Limits of the kernel, then its filter. Raises OSError if the kernel does not do as it is told."""
    for what, soft, hard in (
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1),  # SIGXCPU can be ignored, what follows can't
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NPROC, limits.threads, limits.threads),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, limits.descriptors, limits.descriptors),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
        (resource.RLIMIT_SIGPENDING, 64, 64),
        (resource.RLIMIT_RTPRIO, 0, 0),
    ):
        resource.setrlimit(what, (soft, hard))
    hidden()
    _control(_SET_NO_NEW_PRIVILEGES, 1)
    lines = program(platform.machine(), os.getpid())
    filter_ = _Program(len(lines) // 8, lines)
    _control(_SET_SECCOMP, _SECCOMP_FILTER, ctypes.addressof(filter_))


def hidden() -> None:
    """No other process of the same user may look into this one."""
    _control(_SET_DUMPABLE, 0)


def _control(option: int, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    if library.prctl(ctypes.c_int(option), *words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option}: {os.strerror(number)}")
