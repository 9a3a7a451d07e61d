# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why a job in the jail gave no answer."""

from __future__ import annotations

from typing import Literal

from designs.errors import DesignError
from designs.typography import french_number, held

Kind = Literal["unavailable", "time", "memory", "output", "crash", "refused"]


class JailError(DesignError):
    """No answer came out of the jail. ``kind`` says why, ``french`` says it to people, ``str(error)`` to logs.

    unavailable: there is no jail here, or too many wait before it. time, memory, output: the job went past that limit
    and was ended. crash: it ended without an answer. refused: the request was not even begun with.
    ``said`` is what the job printed until then (at most 64 kB), a stranger's words.
    """

    def __init__(self, kind: Kind, english: str, french: str, said: str = "") -> None:
        super().__init__(english)
        self.kind = kind
        self.french = held(french)
        self.said = said


def unavailable(english: str, french: str) -> JailError:
    return JailError("unavailable", english, french)


def too_long(seconds: float, said: str = "") -> JailError:
    return JailError(
        "time",
        f"the job had not ended after {seconds:g} s",
        f"Le calcul a été arrêté : il n’était pas terminé au bout de {french_number(seconds, 1)} s. "
        "Cherchez une boucle qui ne finit pas, ou dessinez plus simplement.",
        said,
    )


def too_much_memory(memory_bytes: int, said: str = "") -> JailError:
    return JailError(
        "memory",
        f"the job wanted more than {memory_bytes >> 20} MB of memory",
        f"Le calcul a été arrêté : il demandait plus de {french_number(memory_bytes / (1 << 30), 1)} Go de mémoire.",
        said,
    )


def too_much_output(said: str = "") -> JailError:
    return JailError(
        "output",
        "the job handed out or printed more than it may",
        "Le calcul a été arrêté : il rendait ou écrivait beaucoup trop de données.",
        said,
    )


def crashed(how: str, said: str = "") -> JailError:
    return JailError(
        "crash",
        f"the job ended without an answer ({how})",
        "Le calcul s’est interrompu sans rendre de résultat.",
        said,
    )


def too_large(size_bytes: int, limit_bytes: int) -> JailError:
    limit = french_number(limit_bytes / 1e6, 1)
    return JailError(
        "refused",
        f"a request of {size_bytes} bytes, {limit_bytes} at most",
        f"C’est trop volumineux pour être calculé : {limit} Mo au plus.",
    )


def no_entry(entry: str) -> JailError:
    return JailError(
        "refused", f"the jail has no entry {entry!r}", "Ce calcul n’existe pas dans l’espace protégé du site."
    )


def busy(seconds: float) -> JailError:
    return unavailable(
        f"the job's turn had not come after {seconds:g} s",
        "Beaucoup de calculs attendent en ce moment. Réessayez dans une minute.",
    )


def full() -> JailError:
    return unavailable(
        "too many jobs wait already", "Beaucoup de calculs attendent en ce moment. Réessayez dans une minute."
    )
