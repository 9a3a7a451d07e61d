# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a program may ask the kernel for, and a job in the jail may not."""

from __future__ import annotations

#: Calls of x86_64 that reach the kernel's other corners: name → number and arguments (asm/unistd_64.h).
CALLS = {
    "clone": (56, 17), "clone with a namespace": (56, 0x10000000 | 17), "thread in a namespace": (56, 0x10010900),
    "fork": (57,), "vfork": (58,), "execve": (59, 0, 0, 0), "execveat": (322, 3, 0, 0, 0, 0), "ptrace": (101, 0, 0, 0, 0),
    "unshare": (272, 0x10000000), "setns": (308, 0, 0), "mount": (165, 0, 0, 0, 0, 0), "umount2": (166, 0, 0),
    "pivot_root": (155, 0, 0), "chroot": (161, 0), "open_tree": (428, 0, 0, 0), "move_mount": (429, 0, 0, 0, 0, 0),
    "fsopen": (430, 0, 0), "mount_setattr": (442, 0, 0, 0, 0, 0), "keyctl": (250, 0, 0, 0, 0, 0), "add_key": (248, 0, 0, 0, 0, 0),
    "request_key": (249, 0, 0, 0, 0), "bpf": (321, 0, 0, 0), "io_uring_setup": (425, 1, 0), "userfaultfd": (323, 0),
    "memfd_create": (319, 0, 0), "memfd_secret": (447, 0), "perf_event_open": (298, 0, 0, 0, 0, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0), "process_vm_writev": (311, 1, 0, 0, 0, 0, 0), "process_madvise": (440, 0, 0, 0, 0, 0),
    "pidfd_open": (434, 1, 0), "pidfd_getfd": (438, 0, 0, 0), "pidfd_send_signal": (424, 0, 9, 0, 0), "kcmp": (312, 1, 1, 0, 0, 0),
    "shmget": (29, 0, 4096, 0o1600), "semget": (64, 0, 1, 0o1600), "msgget": (68, 0, 0o1600), "mq_open": (240, 0, 0o102, 0, 0),
    "socket": (41, 1, 1, 0), "socketpair": (53, 1, 1, 0, 0), "io_setup": (206, 1, 0), "epoll_create1": (291, 0),
    "eventfd2": (290, 0, 0), "signalfd4": (289, -1, 0, 8, 0), "timerfd_create": (283, 0, 0), "timer_create": (222, 0, 0, 0),
    "inotify_init1": (294, 0), "fanotify_init": (300, 0, 0), "tkill": (200, 1, 9), "tgkill": (234, 1, 1, 9),
    "rt_sigqueueinfo": (129, 1, 9, 0), "rt_tgsigqueueinfo": (297, 1, 1, 9, 0), "setpriority": (141, 0, 1, 19),
    "sched_setscheduler": (144, 0, 0, 0), "ioprio_set": (251, 1, 0, 0), "setuid": (105, 0), "setgid": (106, 0),
    "capset": (126, 0, 0), "setsid": (112,), "setpgid": (109, 0, 0), "personality": (135, 0), "iopl": (172, 3), "ioperm": (173, 0, 1, 1),
    "init_module": (175, 0, 0, 0), "kexec_load": (246, 0, 0, 0, 0), "reboot": (169, 0, 0, 0, 0), "swapon": (167, 0, 0),
    "acct": (163, 0), "syslog": (103, 0, 0, 0), "settimeofday": (164, 0, 0), "sethostname": (170, 0, 0), "quotactl": (179, 0, 0, 0, 0),
    "name_to_handle_at": (303, 0, 0, 0, 0, 0), "open_by_handle_at": (304, 0, 0, 0), "seccomp": (317, 0, 0, 0),
    "modify_ldt": (154, 0, 0, 0), "set_mempolicy": (238, 0, 0, 0), "mlock": (149, 0, 0), "vmsplice": (278, 0, 0, 0, 0),
    "ioctl that types for others": (16, 0, 0x5412, 0), "prctl that undoes": (157, 4, 1), "prlimit of the parent": (302, 1, 0, 0, 0),
    "landlock": (444, 0, 0, 0), "setrlimit": (160, 9, 0), "ftruncate": (77, 1, 0), "vhangup": (153,), "lookup_dcookie": (212, 0, 0, 0),
}  # fmt: skip
