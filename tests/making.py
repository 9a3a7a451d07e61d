# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An order in a workshop's hands, and small archives that stand for packages, for tests that need a database."""

from __future__ import annotations

import html
import io
import json
import re
import uuid
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone
from PIL import Image

from accounts.models import User
from designs.contour import Contour
from fablabs.machine import DxfVersion
from fablabs.models import Workshop
from fabrication import artefacts
from fabrication.exporters.drawing import Cut, Drawing
from fabrication.exporters.dxf import dxf_bytes
from fabrication.layers import COLOURS, Layer
from fabrication.models import Artefact, Job
from fabrication.plan import Face, Work
from orders.life import advance
from orders.models import Order, Piece, Production, State
from tests.orders import make_buyer, make_line, make_order
from tests.workshops import make_maker_person, make_workshop

BIRCH = (Path(__file__).parents[1] / "examples/machines/router-2500.toml").read_text(encoding="utf-8")


@dataclass
class Case:
    """An order of three chariots with its buyer and its maker."""

    order: Order
    workshop: Workshop
    buyer: User
    maker: User

    def act(self, action: str, by: str = "maker", **options: Any) -> Order:
        self.order = advance(self.order, action, actor=getattr(self, by), **options)
        return self.order

    @property
    def pieces(self) -> list[Piece]:
        return list(Piece.objects.filter(line__order=self.order).order_by("pk"))

    def prepared(self, **given: Any) -> Production:
        line = self.order.lines.get(position=1)
        values: dict[str, Any] = {
            "line": line.pk,
            "machine": self.workshop.machines.get().pk,
            "stock": self.workshop.stock.get().pk,
            "thickness_mm": [Decimal("17.83")],
            "quantity": 3,
        }
        self.act("prepare", given=values | given)
        return line.productions.get(replaced_at=None)

    def finished(self, *pieces: Piece) -> None:
        self.act("progress", given={"stages": {piece.pk: "finished" for piece in pieces}})

    def all_finished(self) -> None:
        self.act("start")
        self.prepared()
        self.finished(*self.pieces)


def make_case(**fields: Any) -> Case:
    workshop = make_workshop(BIRCH, name="Les Copeaux")
    buyer = make_buyer()
    order = make_order(buyer, State.COMMITTED, workshop=workshop, lines=0, **fields)
    make_line(order, quantity=3)
    return Case(order, workshop, buyer, make_maker_person(workshop))


#: A plate of 200 × 120 mm with two round ends, and a hole of 30 mm in it.
PLATE = Contour.of([(0, 0, 0), (200, 0, 1), (200, 120, 0), (0, 120, 1)])
HOLE = Contour.circle(60, 60, 15)


def plate_dxf() -> bytes:
    outside = Layer("TOP-CUT-OUTSIDE-17.83MM", COLOURS[Work.CUT_OUTSIDE], Work.CUT_OUTSIDE)
    inside = Layer("TOP-CUT-INSIDE-17.83MM", COLOURS[Work.CUT_INSIDE], Work.CUT_INSIDE)
    cuts = (Cut(inside, HOLE, Work.CUT_INSIDE, Face.TOP), Cut(outside, PLATE, Work.CUT_OUTSIDE, Face.TOP))
    return dxf_bytes(Drawing("plate", "nominal", PLATE.bounds, cuts, ()), DxfVersion.R2010)


def finish_package(job: Job, sheets: int = 2) -> Job:
    """The job as it is once a worker has made its archive: of one part, a true DXF."""
    manifest = {
        "design": "chariot",
        "sheets": [
            {"index": n, "file": f"sheets/sheet-{n:02}.dxf", "width_mm": 2500.0, "height_mm": 1250.0,
             "utilisation": 0.5, "placements": [{"part": "P01"}], "source": ""}
            for n in range(1, sheets + 1)
        ],
        "parts": [
            {"code": "P01", "name": "Joue", "quantity": 2, "thickness_mm": 17.83, "bbox_mm": [320.0, 120.0],
             "grain": "free", "file": "parts/P01-joue.dxf"}
        ],
        "hardware": [{"reference": "M6×50", "name": "Vis à tête plate", "quantity": 12, "unit": "pièce"}],
        "checks": [{"id": "units", "ok": True, "detail": ""}],
        "tool": {"name": "fraise", "diameter_mm": 6.0},
        "stock": {"material": "contreplaqué bouleau", "measured_thickness_mm": 17.83, "sheet_mm": [2500.0, 1250.0]},
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("chariot/manifest.json", json.dumps(manifest))
        archive.writestr("chariot/parts/P01-joue.dxf", plate_dxf())
        archive.writestr("chariot/notice-de-montage.pdf", b"%PDF-1.4 notice %%EOF")
        for sheet in manifest["sheets"]:
            svg = "<svg xmlns='http://www.w3.org/2000/svg'></svg>"
            archive.writestr("chariot/" + sheet["file"].replace(".dxf", ".svg"), svg)
    now = timezone.now()
    package = artefacts.store(Artefact.Kind.PACKAGE, job.key, out.getvalue(), "chariot.zip")
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DONE, progress=100, package=package, started_at=now, finished_at=now, attempts=1
    )
    job.refresh_from_db()
    return job


def photo(colour: str = "red") -> bytes:
    """A JPEG that says whose telephone took it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Telephone of Camille"
    Image.new("RGB", (40, 30), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def at(case: Case, more: str = "", root: str = "fabrication") -> str:
    return f"/{root}/{case.order.public_id}/{more}"


def step(case: Case, **given: Any) -> dict[str, Any]:
    """A form of a step as the page gives it: with the version that stands now, and a key of its own."""
    version = Order.objects.values_list("version", flat=True).get(pk=case.order.pk)
    return {"vu": str(version), "cle": str(uuid.uuid4()), **given}


def words(answer: Any) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").split())
