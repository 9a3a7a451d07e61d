# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the jail's socket, its locks and its rooms are on this machine."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

#: "off": no jail here, whatever the machine could do.
SWITCH = "TRETEAU_JAIL"
#: Where rooms are made, if not at the usual place; the jail's user must be able to read there.
ROOMS = "TRETEAU_JAIL_ROOMS"


def switched_off() -> bool:
    return os.environ.get(SWITCH, "").lower() == "off"


def var() -> Path:
    """The site's folder for what it writes, as its settings find it."""
    return Path(os.environ.get("TRETEAU_VAR") or PROJECT / "var").resolve()


def socket() -> Path:
    """Where the jailer listens."""
    return var() / "jail.sock"


def rooms() -> Path:
    """Root's jobs run as a user who can't read root's folders (a home, a checkout of mode 700), so their room is
    where system-wide data lies; anybody else's room may be in the site's own folder."""
    given = os.environ.get(ROOMS)
    if given:
        return Path(given).resolve()
    return Path("/var/lib/treteau/jail") if os.geteuid() == 0 else var() / "jail"
