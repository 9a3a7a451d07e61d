# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Running something in the jail, from anywhere in the project."""

from __future__ import annotations

import socket

from designs.jail import places
from designs.jail.entries import ENTRIES
from designs.jail.errors import JailError, busy, no_entry, too_large, unavailable
from designs.jail.limits import SAID_KEPT_BYTES, Answer, Limits
from designs.jail.pool import PATIENCE_S
from designs.jail.slots import slot
from designs.jail.trial import why_not
from designs.jail.wire import connected, receive, send
from designs.jail.zygote import Zygote

_USUAL = Limits()


def run(entry: str, request: bytes, *, limits: Limits = _USUAL, asker: str = "") -> Answer:
    """Runs the trusted function ``entry`` (``designs.jail.entries``) on ``request`` in a fresh process inside the jail.

    What it hands back is a stranger's: parse it as hostile, never unpickle it, never open it as a path. Where many
    wait, askers take turns, whatever each of them asks for. With a jailer (``manage.py jail``) a job begins at once;
    without one, it waits for a zygote of its own (some seconds), of which no more than two are on the machine.
    Raises JailError.
    """
    limits = limits.bounded()
    if entry not in ENTRIES:
        raise no_entry(entry)
    if len(request) > limits.request_bytes:
        raise too_large(len(request), limits.request_bytes)
    if not places.switched_off():
        try:
            with connected(places.socket()) as jailer:
                return ask(jailer, entry, request, limits, asker)
        except TimeoutError as error:
            raise busy(limits.seconds + PATIENCE_S) from error
        except OSError:
            pass  # nobody listens, or it was stopped just now
    why = why_not()
    if why:
        raise unavailable("no jail on this machine", why)
    with slot(PATIENCE_S) as free:
        if not free:
            raise busy(PATIENCE_S)
        zygote = Zygote()
        try:
            return zygote.run(entry, request, limits)
        finally:
            zygote.close()


def ask(jailer: socket.socket, entry: str, request: bytes, limits: Limits, asker: str) -> Answer:
    """One job by a jailer. Raises OSError if the jailer goes away meanwhile."""
    jailer.settimeout(limits.seconds + PATIENCE_S + 15)
    send(jailer, {"entry": entry, "limits": limits.as_data(), "asker": asker}, request)
    head, output = receive(jailer, limits.output_bytes)
    said = str(head["said"])[:SAID_KEPT_BYTES]
    if "kind" in head:
        raise JailError(head["kind"], head["english"], head["french"], said)
    return Answer(output, said, float(head["seconds"]), int(head["peak_kb"]))
