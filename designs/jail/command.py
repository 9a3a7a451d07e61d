# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command that puts a process into the jail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Root's jobs run as this user: a number that nobody has, so nothing on the machine is its own.
JAIL_USER = 64321
#: The system's shared libraries; never /etc but for the table of where they are, never /proc, /home, /var, /run.
_SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache")


def jailed(
    command: Sequence[str],
    *,
    mounts: Mapping[str, Path],
    environment: Mapping[str, str],
    contents: Mapping[str, int] | None = None,
) -> list[str]:
    """``command`` inside bubblewrap: nothing but the system's libraries and ``mounts`` (path inside → folder outside),
    all of it read-only; ``contents`` are files given by open descriptors. Every namespace is its own, so there is no
    network, and no process but its own."""
    arguments = [
        *_ordinary_user(), "bwrap",
        "--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL", "--clearenv", "--new-session",
        "--die-with-parent", "--hostname", "jail",
    ]  # fmt: skip
    for name, value in environment.items():
        arguments += ["--setenv", name, value]
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            arguments += ["--symlink", str(path.readlink()), str(path)]
        elif path.exists():
            arguments += ["--ro-bind", str(path), str(path)]
    for inside, outside in mounts.items():
        arguments += ["--ro-bind", str(outside), inside]
    for inside, descriptor in (contents or {}).items():
        arguments += ["--ro-bind-data", str(descriptor), inside]
    return [*arguments, "--dev-bind", "/dev/null", "/dev/null", "--chdir", "/", "--remount-ro", "/", "--", *command]


def _ordinary_user() -> list[str]:
    """Root becomes somebody else first; and the kernel is told which process to end first where memory runs out."""
    choose = ["choom", "--adjust", "500", "--"] if shutil.which("choom") else []
    if os.geteuid() != 0:
        return choose
    user = str(JAIL_USER)
    return [*choose, "setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs", "--"]
