# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The filter of system calls, run by a machine of our own for BPF, so that it is tested for processors that aren't here."""

from __future__ import annotations

import functools
import re
import struct
from pathlib import Path

import pytest

from designs.jail.filter import ALLOW, KILL_PROCESS, NOT_THERE, REFUSE, program
from designs.jail.system_calls import MACHINES

JOB = 4242
BOTH = pytest.mark.parametrize("machine", sorted(MACHINES))
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@functools.cache
def _lines(machine: str) -> list[tuple[int, ...]]:
    return list(struct.iter_unpack("<HBBI", program(machine, JOB)))


def decided(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the filter says: classic BPF as far as it is used here, with Linux's struct seccomp_data as its packet."""
    words = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("<IIQ6Q", number, architecture or MACHINES[machine].architecture, 0, *words)
    lines = _lines(machine)
    place = held = 0
    while True:
        code, if_true, if_false, value = lines[place]
        place += 1
        if code == 0x20:
            (held,) = struct.unpack_from("<I", data, value)
        elif code == 0x54:
            held &= value
        elif code == 0x15:
            place += if_true if held == value else if_false
        elif code == 0x35:
            place += if_true if held >= value else if_false
        else:
            assert code == 0x06
            return value


@BOTH
def test_only_listed_calls_are_allowed(machine: str) -> None:
    known = MACHINES[machine]
    allowed = {number for number in range(600) if decided(machine, number) == ALLOW}
    without_arguments = {known.bounded[name] for name in ("fcntl",)} | {known.bounded["prlimit64"]}
    assert allowed == set(known.free.values()) | without_arguments


@BOTH
def test_calls_of_another_architecture_end_the_job(machine: str) -> None:
    for other in (0x40000003, 0x40000028, *(m.architecture for name, m in MACHINES.items() if name != machine)):
        assert decided(machine, MACHINES[machine].free["read"], architecture=other) == KILL_PROCESS


def test_the_second_set_of_numbers_of_x86_64_ends_the_job() -> None:
    assert decided("x86_64", 0x40000000) == decided("x86_64", 0x40000000 + 59) == KILL_PROCESS


@BOTH
def test_signals_reach_oneself_alone(machine: str) -> None:
    for name in ("kill", "tgkill"):
        number = MACHINES[machine].bounded[name]
        assert decided(machine, number, JOB, 9) == ALLOW
        for other in (0, 1, 2, JOB + 1, 2**32 - 1, 2**32 - JOB, 2**64 - 1):
            assert decided(machine, number, other, 9) == REFUSE


@BOTH
def test_threads_are_made_and_nothing_else(machine: str) -> None:
    number = MACHINES[machine].bounded["clone"]
    thread = 0x3D0F00  # as the C library makes them
    assert decided(machine, number, thread) == ALLOW
    for flags in (
        0,
        17,
        0x4011,
        thread & ~0x10000,
        thread | 0x10000000,
        thread | 0x20000,
        thread | 0x40000000,
        thread | 0x8000,
    ):
        assert decided(machine, number, flags) == REFUSE
    assert decided(machine, MACHINES[machine].bounded["clone3"]) == NOT_THERE


@BOTH
def test_limits_can_be_read_and_not_set(machine: str) -> None:
    number = MACHINES[machine].bounded["prlimit64"]
    assert decided(machine, number, 0, 9, 0, 0x7FFF00000000) == ALLOW
    assert decided(machine, number, JOB, 9, 0, 0x7FFF00000000) == REFUSE
    assert decided(machine, number, 0, 9, 0x7FFF00000000, 0) == REFUSE  # its lower half is 0
    assert decided(machine, number, 0, 9, 0x1234, 0) == REFUSE


@BOTH
def test_a_descriptor_sends_no_signals(machine: str) -> None:
    number = MACHINES[machine].bounded["fcntl"]
    assert {command for command in range(2000) if decided(machine, number, 1, command) == ALLOW} == {0, 1, 2, 3, 1030}


def test_a_processor_that_is_not_known_gets_no_filter() -> None:
    with pytest.raises(LookupError, match="riscv64"):
        program("riscv64", JOB)


@BOTH
def test_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    """Where the headers aren't installed, at least no two calls have one number."""
    ours = {**MACHINES[machine].free, **MACHINES[machine].bounded}
    assert len(set(ours.values())) == len(ours)
    if HEADERS[machine].exists():
        text = HEADERS[machine].read_text()
        theirs = {
            {"fstatat": "newfstatat"}.get(name, name): int(number)
            for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)
        }
        assert {name: theirs.get(name) for name in ours} == ours
