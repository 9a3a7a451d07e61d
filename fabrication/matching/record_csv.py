# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ranking's record as a table for a French spreadsheet: semicolons, decimal commas, a BOM."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from fabrication.matching.record import Record
from fabrication.matching.scoring import TERMS
from fabrication.matching.splitting import split
from fabrication.matching.words import day, ready, why
from fabrication.spreadsheets import harmless

COLUMNS = (
    "rang", "atelier", "fabricant", "commune", "faisable", "points", "distance estimée (km)", "délai (jours)",
    "livrable le", "prix estimé (€ HT)",
    *(f"points – {french}" for _, french in TERMS.values()),
    "explication", "il manque", "non connu", "modèle", "quantité", "pour", "échéance", "établi le", "établi par", "empreinte",
)  # fmt: skip


def csv_of(record: Record) -> bytes:
    """A line a workshop: first those that can make it, then the others, then those not yet looked at."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    demand = record.ranking.demand
    about = [
        record.title,
        demand.quantity,
        record.place,
        day(demand.deadline) if demand.deadline else "",
        record.made_at.strftime("%d/%m/%Y %H:%M"),
        record.who,
        record.fingerprint,
    ]
    today = record.made_at.date()
    shared = split(record.ranking, today)
    shares = {share.candidate.id: f"à plusieurs : {share.french}" for share in shared.shares} if shared else {}
    for line in (*record.ranking.able, *record.ranking.unable):
        named = record.named[line.candidate.id]
        when = ready(line, demand.quantity, today)
        able = line.rank is not None
        writer.writerow(
            map(
                _cell,
                [
                    line.rank or "",
                    named.name,
                    named.maker,
                    named.commune,
                    "oui" if able else "non",
                    "" if line.score is None else line.score,
                    "" if line.km is None else round(line.km, 1),
                    "inconnu" if line.candidate.lead_days is None else line.candidate.lead_days,
                    day(when) if when else "",
                    ("" if not able else "inconnu") if line.price is None else line.price.eur,
                    *(term.points if able else "" for term in line.terms),
                    why(line, record.ranking)
                    if able
                    else " | ".join(
                        [*(o.french for o in line.obstacles), *filter(None, [shares.get(line.candidate.id)])]
                    ),
                    " | ".join([*(o.lacking for o in line.obstacles if o.lacking), *line.remedies]),
                    " | ".join(french for _, french in line.judgement.unknown),
                    *about,
                ],
            )
        )
    for slug, km in record.pending:
        named = record.named[slug]
        cells = ["", named.name, named.maker, named.commune, "à l’étude", "", "" if km is None else round(km, 1)]
        cells += [""] * (len(COLUMNS) - len(about) - len(cells))
        writer.writerow(map(_cell, [*cells, *about]))
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _cell(value: object) -> str:
    """As French spreadsheets read it; what a name would make them compute stays text."""
    if isinstance(value, float | Decimal):
        return f"{value}".replace(".", ",")
    return harmless(str(value))
