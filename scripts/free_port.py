# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``python scripts/free_port.py``: ends with a sentence and status 1 if the site's port is taken."""

from __future__ import annotations

import os
import socket
import sys


def taken(port: int) -> bool:
    """Whether somebody listens on this port of the loopback already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does: a port just left is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    port = int(os.environ.get("TRETEAU_PORT", "8000"))
    if taken(port):
        sys.exit(
            f"Le port {port} est déjà pris par un autre programme : arrêtez-le, ou écrivez "
            f"« TRETEAU_PORT={port + 10} make run »."
        )
