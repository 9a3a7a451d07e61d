# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The numbers of the system calls that a job may make, on the machines that the filter knows.

As in Linux's ``asm/unistd_64.h`` (x86_64) and ``asm-generic/unistd.h`` (aarch64). What CadQuery needs to read files and
memory and to run threads is here; whatever is not (sockets, processes, other processes' memory, mounts, keys, shared
memory, programs to run, files to change) does not exist for a job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Name, number on x86_64, number on aarch64; "-" where a machine hasn't it. May be called with any arguments.
_FREE = """
    read 0 63, write 1 64, readv 19 65, writev 20 66, pread64 17 67, pwrite64 18 68, open 2 -, openat 257 56,
    close 3 57, close_range 436 436, lseek 8 62, stat 4 -, fstat 5 80, lstat 6 -, newfstatat 262 79,
    statx 332 291, access 21 -, faccessat 269 48, faccessat2 439 439, readlink 89 -, readlinkat 267 78,
    getdents64 217 61, getcwd 79 17, dup 32 23, dup2 33 -, dup3 292 24, poll 7 -, ppoll 271 73, select 23 -,
    pselect6 270 72, statfs 137 43, fstatfs 138 44, fadvise64 221 223, brk 12 214, mmap 9 222, munmap 11 215,
    mremap 25 216, mprotect 10 226, madvise 28 233, futex 202 98, set_robust_list 273 99,
    get_robust_list 274 100, set_tid_address 218 96, rseq 334 293, exit 60 93, exit_group 231 94,
    sched_yield 24 124, sched_getaffinity 204 123, getcpu 309 168, gettid 186 178, getpid 39 172,
    getppid 110 173, getuid 102 174, geteuid 107 175, getgid 104 176, getegid 108 177, getrandom 318 278,
    getrusage 98 165, getrlimit 97 163, uname 63 160, sysinfo 99 179, times 100 153, clock_gettime 228 113,
    clock_getres 229 114, clock_nanosleep 230 115, nanosleep 35 101, gettimeofday 96 169, time 201 -,
    restart_syscall 219 128, rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139,
    rt_sigpending 127 136, rt_sigtimedwait 128 137, rt_sigsuspend 130 133, sigaltstack 131 132, pause 34 -,
    alarm 37 -, setitimer 38 103, getitimer 36 102, arch_prctl 158 -
"""
#: Arguments are looked at (designs.jail.filter).
_BOUNDED = """
    clone 56 220, clone3 435 435, kill 62 129, tgkill 234 131, fcntl 72 25, ioctl 16 29, prctl 157 167,
    prlimit64 302 261
"""


@dataclass(frozen=True)
class Machine:
    #: AUDIT_ARCH_… of ``linux/audit.h``: what the kernel says a call was made by.
    architecture: int
    free: Mapping[str, int]
    bounded: Mapping[str, int]


def _numbers(table: str, column: int) -> dict[str, int]:
    lines = [entry.split() for entry in table.split(",")]
    return {line[0]: int(line[column]) for line in lines if line[column] != "-"}


#: As ``platform.machine()`` names them.
MACHINES: Mapping[str, Machine] = {
    "x86_64": Machine(0xC000003E, _numbers(_FREE, 1), _numbers(_BOUNDED, 1)),
    "aarch64": Machine(0xC00000B7, _numbers(_FREE, 2), _numbers(_BOUNDED, 2)),
}
