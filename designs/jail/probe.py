# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A job of our own that tries the jail's walls from inside: ``manage.py jail --check`` says what it found."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path


def probe(_request: bytes) -> bytes:
    """JSON: what was tried → whether the jail held. Nothing of it does harm where it does not."""
    return json.dumps({name: _held(attempt) for name, attempt in _ATTEMPTS.items()}).encode()


def _held(attempt: Callable[[], object]) -> bool:
    try:
        return not attempt()
    except OSError:
        return True


def _reads_system() -> bool:
    # Of /etc only the table of libraries is there, of /proc, /home, /var and /run nothing.
    found = {str(path) for folder in ("/etc", "/proc", "/home", "/var", "/run", "/root") for path in _inside(folder)}
    return bool(found - {"/etc/ld.so.cache"})


def _inside(folder: str) -> list[Path]:
    return list(Path(folder).iterdir()) if Path(folder).exists() else []


def _other_packages() -> bool:
    return any(Path(folder, "django").exists() for folder in sys.path)


def _starts_process() -> bool:
    if os.fork() == 0:
        os._exit(0)
    return True


def _writes() -> bool:
    Path("/written").write_text("x")
    return True


def _network() -> bool:
    socket.socket(socket.AF_INET).close()
    return True


def _signals_parent() -> bool:
    os.kill(os.getppid(), 0)
    return True


def _privileges() -> bool:
    return os.getuid() == 0 or ctypes.CDLL(None).unshare(0x10000000) == 0  # CLONE_NEWUSER


def _unlimited() -> bool:
    return resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


_ATTEMPTS: dict[str, Callable[[], object]] = {
    "read the system's settings": _reads_system,
    "read the site's packages": _other_packages,
    "write a file": _writes,
    "open a socket": _network,
    "start a process": _starts_process,
    "signal another process": _signals_parent,
    "gain a privilege": _privileges,
    "take memory without limit": _unlimited,
}
