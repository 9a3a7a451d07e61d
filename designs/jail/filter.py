# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a job may ask the kernel for, as a program for seccomp (classic BPF; Linux: seccomp_unotify.txt, filter.rst).

A closed list: a call that is not on it fails with EPERM, a call of another architecture ends the process. What may
reach another process (signals, limits, new processes) is only allowed towards oneself.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterable

from designs.jail.system_calls import MACHINES

# linux/bpf_common.h
_LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_NOT_LESS = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
# linux/seccomp.h
KILL_PROCESS = 0x80000000
REFUSE = 0x00050000 | errno.EPERM
NOT_THERE = 0x00050000 | errno.ENOSYS
ALLOW = 0x7FFF0000
# struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6]
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
#: x86_64's second set of numbers ("x32") begins here; none of it is wanted.
_X32 = 0x40000000

# linux/sched.h: a new thread shares all of this with its process, …
_THREAD = 0x00000100 | 0x00000800 | 0x00010000  # CLONE_VM, CLONE_SIGHAND, CLONE_THREAD
# … and gets no namespace, parent or tracer of its own.
_NEVER = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x2000 | 0x8000
# fcntl.h: duplicate, flags of a descriptor, flags of a file. F_SETOWN would send signals to others.
_FCNTL = (0, 1, 2, 3, 1030)
# asm/ioctls.h: TCGETS and TIOCGWINSZ (is it a terminal?), FIONREAD, FIOCLEX, FIONCLEX.
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5451, 0x5450)
# linux/prctl.h: names of threads and of memory.
_PRCTL = (15, 16, 0x53564D41)

Instruction = tuple[int, int, int, int]


def program(machine: str, process: int) -> bytes:
    """The filter for a job with this process number, as the kernel wants it: 8 bytes an instruction.
    Raises LookupError for a machine whose system calls aren't known here."""
    if machine not in MACHINES:
        raise LookupError(f"no list of system calls for {machine}")
    known = MACHINES[machine]
    lines: list[Instruction] = [
        (_LOAD_WORD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, known.architecture),
        (_RETURN, 0, 0, KILL_PROCESS),
        (_LOAD_WORD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        lines += [(_IF_NOT_LESS, 0, 1, _X32), (_RETURN, 0, 0, KILL_PROCESS)]
    for number in known.free.values():
        lines += [(_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, ALLOW)]
    calls = known.bounded
    bounded = {
        "kill": _one_of(0, [process]),
        "tgkill": _one_of(0, [process]),
        "fcntl": _one_of(1, _FCNTL),
        "ioctl": _one_of(1, _IOCTL),
        "prctl": _one_of(0, _PRCTL),
        "prlimit64": _only_reads_own_limits(),
        "clone": _only_threads(),
        # The C library then uses clone, whose flags a filter can see.
        "clone3": [(_RETURN, 0, 0, NOT_THERE)],
    }
    for name, check in bounded.items():
        lines += [(_IF_EQUAL, 0, len(check), calls[name]), *check]
    lines.append((_RETURN, 0, 0, REFUSE))
    return b"".join(struct.pack("<HBBI", *line) for line in lines)


def _low(argument: int) -> Instruction:
    """The lower half of an argument: all that the kernel looks at where it is an int."""
    return _LOAD_WORD, 0, 0, _ARGUMENTS + 8 * argument


def _high(argument: int) -> Instruction:
    return _LOAD_WORD, 0, 0, _ARGUMENTS + 8 * argument + 4


def _one_of(argument: int, values: Iterable[int]) -> list[Instruction]:
    lines = [_low(argument)]
    for value in values:
        lines += [(_IF_EQUAL, 0, 1, value), (_RETURN, 0, 0, ALLOW)]
    return [*lines, (_RETURN, 0, 0, REFUSE)]


def _only_reads_own_limits() -> list[Instruction]:
    """prlimit64(0, resource, NULL, old)"""
    return [
        _low(0),
        (_IF_EQUAL, 0, 5, 0),
        _low(2),
        (_IF_EQUAL, 0, 3, 0),
        _high(2),
        (_IF_EQUAL, 0, 1, 0),
        (_RETURN, 0, 0, ALLOW),
        (_RETURN, 0, 0, REFUSE),
    ]


def _only_threads() -> list[Instruction]:
    return [
        _low(0),
        (_AND, 0, 0, _THREAD | _NEVER),
        (_IF_EQUAL, 0, 1, _THREAD),
        (_RETURN, 0, 0, ALLOW),
        (_RETURN, 0, 0, REFUSE),
    ]
