# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a workshop sticks on a piece, or engraves into it; and photos of the work, for those who see the order."""

from __future__ import annotations

import io
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cms.security import FILES
from cms.views.making.access import made_order, order_of
from cms.views.making.forms import EngravingForm
from orders.life import Party
from orders.models import Piece
from orders.services import passport_marks
from orders.services.passport_labels import COLUMNS, ROWS, Label, labels_pdf
from orders.services.passport_marks import USUAL_MM
from orders.services.passports import address_of, pieces_of, short_address, with_passport
from orders.services.pieces import title_of
from orders.services.storage import read

#: A thumbnail's longest side (pixels): a card on a telephone, at twice its size.
_SMALL = 640
#: Labels in one file: ten sheets, a second's work.
MOST_LABELS = 10 * COLUMNS * ROWS
_TYPES = {"svg": "image/svg+xml", "dxf": "image/vnd.dxf"}


@require_safe
def labels(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sheets of labels; ``?place=5`` begins at the fifth, of a sheet that was begun; ``?suite=2`` are those beyond the first
    ``MOST_LABELS``."""
    order = made_order(request, public_id)
    part = _part(request)
    every = pieces_of(order)
    pieces = every[(part - 1) * MOST_LABELS : part * MOST_LABELS]
    if not pieces:
        raise Http404("Cette commande n’a pas encore d’exemplaires, ou pas autant.")
    content = labels_pdf([label_of(piece) for piece in pieces], f"Étiquettes {order}", _place(request))
    response = HttpResponse(content, content_type="application/pdf")
    suffix = f"-{part}" if len(every) > MOST_LABELS else ""
    response["Content-Disposition"] = content_disposition_header(False, f"etiquettes-{order}{suffix}.pdf") or "inline"
    response["Content-Security-Policy"] = "default-src 'none'; object-src 'self'"
    response["Cache-Control"] = "private, no-store"
    return response


def label_files(count: int) -> list[tuple[int, int, int]]:
    """Of so many pieces: number of the file, its first and its last label."""
    return [
        (part, first, min(first + MOST_LABELS - 1, count))
        for part, first in enumerate(range(1, count + 1, MOST_LABELS), start=1)
    ]


def _part(request: HttpRequest) -> int:
    text = request.GET.get("suite", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 and int(text) > 0 else 1


def label_of(piece: Piece) -> Label:
    return Label(
        address_of(piece),
        piece.serial,
        title_of(piece.line),
        piece.workshop.maker.organisation.name,
        short_address(piece),
    )


def _place(request: HttpRequest) -> int:
    text = request.GET.get("place", "1")
    most = COLUMNS * ROWS
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= most else 1


@require_safe
def engraving(request: HttpRequest, public_id: UUID, number: str, form: str) -> HttpResponse:
    """The QR code of one piece at a stated size (``?cote=40``, mm)."""
    order = made_order(request, public_id)
    found = with_passport(Piece.objects.filter(line__order=order))
    piece = next((row for row in found if row.serial == number), None)
    asked = EngravingForm(request.GET)
    if piece is None or not asked.is_valid():
        raise Http404("Cette gravure n’existe pas.")
    side = asked.cleaned_data["cote"] or USUAL_MM
    draw = passport_marks.engraving_svg if form == "svg" else passport_marks.engraving_dxf
    response = HttpResponse(draw(address_of(piece), float(side), piece.serial), content_type=_TYPES[form])
    name = f"passeport-{piece.serial}-{side}mm.{form}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = FILES
    return response


@require_safe
def photo(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """For the order's parties; ``?petite`` a small one."""
    order, _ = order_of(request, public_id, *Party)
    row = order.photos.select_related("file").filter(pk=pk).first() if pk < 2**63 else None
    if row is None:
        raise Http404("Cette photo n’existe pas.")
    try:
        content = read(row.file)
    except FileNotFoundError as error:
        raise Http404("Cette photo n’est plus gardée.") from error
    response = HttpResponse(_small(content) if "petite" in request.GET else content, content_type=row.file.content_type)
    # Its bytes never change, but who may see it does: the browser keeps it, nobody in between.
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = FILES
    return response


def _small(content: bytes) -> bytes:
    from PIL import Image

    image = Image.open(io.BytesIO(content), formats=("JPEG",))
    image.draft("RGB", (_SMALL, _SMALL))
    image.thumbnail((_SMALL, _SMALL))
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()
