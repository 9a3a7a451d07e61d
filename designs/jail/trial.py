# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether strangers' code can be run on this machine at all, and if not, why."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from designs.jail import places
from designs.jail.command import jailed
from designs.jail.system_calls import MACHINES
from designs.jail.wire import answers
from designs.typography import spaced

#: A machine may get or lose what it takes while the site runs; so one looks again.
_AGAIN_S = 60
_TRIAL_S = 20
_ONLY_TEXTS = "On peut toujours y changer les paramètres et les textes d’un modèle."


def why_not() -> str | None:
    """None where the jail works: a jailer answers, or this process could put one up. Else a French sentence why not.

    Where there is none, nothing of a stranger's is ever run: there is no second way."""
    if places.switched_off():
        return f"L’exécution de scripts est désactivée sur ce site. {_ONLY_TEXTS}"
    if answers(places.socket()):
        return None
    why = _of_this_machine(int(time.monotonic() / _AGAIN_S), os.environ.get("PATH", ""))
    return spaced(why) if why else None


@functools.lru_cache(maxsize=4)
def _of_this_machine(_when: int, _path: str) -> str | None:
    if sys.platform != "linux":
        return f"Les scripts ne s’exécutent que sous Linux : ce serveur n’en est pas un. {_ONLY_TEXTS}"
    if platform.machine() not in MACHINES:
        return f"Les scripts ne s’exécutent pas sur un processeur {platform.machine()}. {_ONLY_TEXTS}"
    needed = ["bwrap"] + (["setpriv"] if os.geteuid() == 0 else [])
    for program in needed:
        if not shutil.which(program):
            return (
                f"Les scripts ne s’exécutent pas sur ce serveur : il y manque le programme « {program} » "
                f"(paquet {'bubblewrap' if program == 'bwrap' else 'util-linux'}). {_ONLY_TEXTS}"
            )
    if not _opens():
        return (
            "Les scripts ne s’exécutent pas sur ce serveur : son système ne permet pas de les enfermer "
            f"(bubblewrap 0.8, espaces de noms d’utilisateur, seccomp). {_ONLY_TEXTS}"
        )
    return None


def _opens() -> bool:
    """Whether a process can be put into the jail, and finds itself there: the jail's hostname is its own; and whether
    the kernel has filters."""
    if not Path("/proc/sys/kernel/seccomp/actions_avail").exists():
        return False
    program = Path(shutil.which("uname") or "/usr/bin/uname").resolve()
    try:
        said = subprocess.run(
            jailed([str(program), "-n"], mounts={str(program): program}, environment={}),
            capture_output=True,
            text=True,
            timeout=_TRIAL_S,
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return said.returncode == 0 and said.stdout.strip() == "jail"
