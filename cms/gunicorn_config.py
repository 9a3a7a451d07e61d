# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What gunicorn reads beside its arguments in the Procfile: the line that tells a person where to look."""

from __future__ import annotations

import gc
from typing import Any

#: The control interface is not used, and its socket would lie in the home folder.
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """A worker has loaded the site, which stays: nothing of it need be looked through for garbage again, which cost a ranking of
    1,500 workshops a fifth of its time. The first one says that the site answers."""
    gc.collect()
    gc.freeze()
    if worker.age == 1:
        from django.core.cache import caches

        caches["pages"].clear()  # they may have been made by older code
        print(f"Ouvrez http://{worker.cfg.address[0][0]}:{worker.cfg.address[0][1]}", flush=True)
