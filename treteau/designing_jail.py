# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A warm jail for as long as a command runs: a check draws a piece some thirty times, and a cold jail costs seconds each time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def warm_jail() -> Iterator[None]:
    """Where the site's own jailer (``manage.py jail``) listens it is asked; else one is kept here, at the same place. Where there
    is no jail at all nothing happens: whoever asks it is told why."""
    from designs.jail import places, why_not
    from designs.jail.jailer import Jailer
    from designs.jail.pool import Pool
    from designs.jail.wire import answers

    if places.switched_off() or why_not() or answers(places.socket()):
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            places.var().mkdir(parents=True, exist_ok=True)
            pool = Pool(1)
            stack.callback(pool.close)
            jailer = Jailer(places.socket(), pool)
        except OSError:
            # Somebody was quicker, or this user may not write there: each job then gets a zygote of its own.
            stack.close()
        else:
            serving = threading.Thread(target=jailer.serve, daemon=True)
            serving.start()
            stack.callback(serving.join)
            stack.callback(jailer.close)
        yield
