# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A line of an order as the page at the bench shows it: files, doubts about them, the calliper's word, sheets, pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms

from cms.bench import Bench, BenchSheet, bench_of
from cms.parameter_form import ParameterForm
from cms.progress import Progress
from cms.reading import Verdict, verdict_of
from cms.stages import sentence, stages
from cms.views.making.access import package_of
from cms.views.making.forms import ReadingForm, StagesForm
from cms.views.making.ticking import sentence_of, words_of
from designs.errors import UnknownDesignError
from designs.typography import french_number, typeset
from orders.life.errors import RefusedError
from orders.models import Order, OrderLine, Piece, Production
from orders.services.moving import Offer, offers_of
from orders.services.outdated import doubts_of
from orders.services.outdated_packages import Doubt
from orders.services.pieces import WORKSHOP_STAGES, title_of
from orders.services.producing import reading_of


@dataclass
class LineWork:
    line: OrderLine
    title: str
    sizes: list[tuple[str, str]]
    pieces: list[Piece]
    stages: StagesForm
    productions: list[Production]
    reading: ReadingForm
    production: Production | None = None
    progress: Progress | None = None  # while files are computed
    bench: Bench | None = None
    doubts: list[Doubt] = field(default_factory=list)
    verdict: Verdict | None = None
    offer: Offer | None = None  # a later revision, while nothing is cut

    @property
    def to_cut(self) -> int:
        return sum(piece.stage == Piece.Stage.TO_CUT for piece in self.pieces)

    @property
    def without_files(self) -> int:
        return sum(piece.stage == Piece.Stage.TO_CUT and piece.production_id is None for piece in self.pieces)

    @property
    def in_workshop(self) -> int:
        return sum(piece.stage in WORKSHOP_STAGES for piece in self.pieces)

    @property
    def replaced(self) -> list[Production]:
        return [row for row in self.productions if row.replaced_at is not None]

    @property
    def cut_sentence(self) -> str:
        return sentence_of(self.bench.cut_count, len(self.bench.sheets)) if self.bench else ""

    @property
    def sheets(self) -> list[tuple[BenchSheet, str]]:
        """Each sheet with who ticked it, and when."""
        return [(sheet, words_of(sheet.cut)) for sheet in self.bench.sheets] if self.bench else []

    @property
    def begins_anew(self) -> str:
        """Once other files stand in the place of some of which sheets were cut: their ticks don't count for these."""
        before = self.replaced[0] if self.replaced else None
        if self.bench is None or before is None or self.bench.cut_count or not (cut := len(before.cut_sheets)):
            return ""
        noun = (
            "panneau des fichiers précédents était coché"
            if cut == 1
            else "panneaux des fichiers précédents étaient cochés"
        )
        return typeset(f"Nouveaux fichiers : les coches repartent de zéro. {cut} {noun}.")


def works_of(
    order: Order, pieces: list[Piece], address: Mapping[str, str], sent: tuple[str, forms.Form] | None
) -> list[LineWork]:
    """``address``: what the page's address asks (a reading); ``sent``: a form that was refused, by its place on the page."""
    lines = lines_of_order(order)
    standing = [row for line in lines for row in line.productions.all() if row.replaced_at is None]
    doubts = doubts_of(standing)
    for line in lines:
        line.order = order
    offers = offers_of(lines)
    works = [_work(line, pieces, doubts, address, sent) for line in lines]
    for work in works:
        work.offer = offers.get(work.line.pk)
        if work.offer is not None:  # asked on a page of its own, with what changes
            work.doubts = [doubt for doubt in work.doubts if doubt.kind != "revision"]
    return works


def lines_of_order(order: Order) -> list[OrderLine]:
    found = order.lines.filter(lot=None).select_related("revision", "moved_to").order_by("position")
    return list(
        found.prefetch_related(
            "productions__job__package",
            "productions__job__revision",
            "productions__machine",
            "productions__stock",
            "productions__sheets_cut__cut_by",
        )
    )


def _work(
    line: OrderLine,
    pieces: list[Piece],
    doubts: Mapping[int, list[Doubt]],
    address: Mapping[str, str],
    sent: tuple[str, forms.Form] | None,
) -> LineWork:
    own = [piece for piece in pieces if piece.line_id == line.pk]
    productions = list(line.productions.all())
    for row in productions:
        row.line = line
    place, form = sent or ("", None)
    stages_ = form if isinstance(form, StagesForm) and place == f"stages-{line.pk}" else stages_form(line, own)
    asked = address if address.get("ligne") == str(line.position) and "lecture" in address else None
    reading = ReadingForm(asked, prefix_id=f"l{line.pk}")
    found = LineWork(line, title_of(line), sizes_of(line), own, stages_, productions, reading)
    found.production = next((row for row in productions if row.replaced_at is None), None)
    if found.production is None:
        return found
    job = found.production.job
    found.doubts = doubts.get(found.production.pk, [])
    if not job.is_finished:
        found.progress = Progress(job.state, False, job.progress, sentence(job), tuple(stages(job)))
    if (package := package_of(job)) is not None:
        found.bench = bench_of(package, {cut.sheet: cut for cut in found.production.sheets_cut.all()})
        if reading.is_bound and reading.is_valid():
            found.verdict = _verdict(found.production, reading, found.to_cut)
    if found.bench and found.bench.all_cut and found.to_cut:
        stages_.initial.setdefault("all", "cut")
    return found


def _verdict(production: Production, form: ReadingForm, to_cut: int) -> Verdict | None:
    """None: the reading is refused, beside its field."""
    values = form.cleaned_data["lecture"]
    drawn = production.thickness_mm
    if production.stock is not None:
        try:
            reading_of(values, Decimal(str(production.stock.settings["nominal_thickness_mm"])))
        except RefusedError as error:
            form.add_error("lecture", error.french)
            return None
    return verdict_of(values, drawn, _again(production, values, to_cut))


def _again(production: Production, values: Iterable[Decimal], to_cut: int) -> dict[str, str]:
    """The same machine, panel, cutter and clearance, for what is still to be cut; {} where one of them is gone."""
    if not to_cut or production.machine_id is None or production.stock_id is None:
        return {}
    given: dict[str, Any] = {
        "machine": production.machine_id,
        "stock": production.stock_id,
        "thickness_mm": " ".join(french_number(value, 3) for value in values),
        "quantity": to_cut,
        "tool_diameter_mm": ""
        if production.tool_diameter_mm is None
        else french_number(production.tool_diameter_mm, 3),
        "clearance_mm": "" if production.clearance_mm is None else french_number(production.clearance_mm, 3),
    }
    return {name: str(value) for name, value in given.items()}


def stages_form(line: OrderLine, pieces: list[Piece], data: Any = None) -> StagesForm:
    return StagesForm(pieces, data, prefix=f"l{line.pk}")


def sizes_of(line: OrderLine) -> list[tuple[str, str]]:
    """What is not the model's own: label and value."""
    revision = line.made_revision
    assert revision is not None
    found = [("Matière", line.material), ("Finition", line.finish)]
    try:
        form = ParameterForm(revision.drawing(), line.parameters)
    except UnknownDesignError:
        return [row for row in found if row[1]]
    changed = form.query()
    sizes = [
        (str(f.label), f"{f.value}\u00a0{f.unit}" if f.unit else str(f.value)) for f in form.fields if f.name in changed
    ]
    return [row for row in [*sizes, *found] if row[1]]
