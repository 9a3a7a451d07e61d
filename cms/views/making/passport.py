# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece's passport: what it is, how to care for it, how to make one of its parts again. For anybody, without an account.

Nothing on it names a person, a buyer or a place: model, revision, maker, date, material, serial number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from cms.catalogue import picture_of
from cms.packages import PackageReader, content_type
from cms.parameter_form import ParameterForm
from cms.production_form import MOST_IN_ONE_LIST, ProductionForm, RegionChoice
from cms.security import FILES
from cms.views.making.access import package_of
from cms.views.making.part_drawing import part_pdf, part_picture, part_svg
from designs.errors import ParameterError, UnknownDesignError
from designs.parameters import Kind
from fablabs.errors import MachineFileError
from fablabs.models import Workshop
from fabrication.errors import NotMakeableError
from fabrication.models import Job
from fabrication.services import BusyError, request_package
from fabrication.verification.dxf import UnreadableError
from orders.models import Piece
from orders.services import passport_marks
from orders.services.passports import address_of, has_guessed_too_often, note_guess, piece_of, short_address
from orders.services.pieces import grouped, title_of

#: Seconds for which anybody may keep a passport: a replaced piece is known to be one soon enough.
_KEPT = 300
_FILES: dict[str, Callable[[bytes, str], bytes]] = {"svg": part_svg, "pdf": part_pdf}


class TooManyGuesses(Exception):
    """From one place."""


def _found(request: HttpRequest, code: str) -> Piece:
    """Raises Http404, TooManyGuesses."""
    place = get_adapter().get_client_ip(request)
    if has_guessed_too_often(place):
        raise TooManyGuesses
    piece = piece_of(code)
    if piece is None:
        note_guess(place)
        raise Http404("no such passport")
    return piece


def _guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A code that nobody has is answered kindly; many of them are a machine's, which has to wait."""

    def guarded(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        try:
            piece = _found(request, code)
        except TooManyGuesses:
            return _unknown(request, code, 429)
        except Http404:
            return _unknown(request, code, 404)
        return view(request, piece, **kwargs)

    return guarded


def _unknown(request: HttpRequest, code: str, status: int) -> HttpResponse:
    context = {"title": "Passeport introuvable", "section": "passport", "typed": code[:40], "waits": status == 429}
    response = render(request, "cms/making/passport_unknown.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if status == 429:
        response["Retry-After"] = "600"
    return response


@login_not_required
@require_safe
@_guarded
def passport(request: HttpRequest, piece: Piece) -> HttpResponse:
    if request.path != (address := reverse("passport", args=[piece.code])):
        return HttpResponsePermanentRedirect(address)  # typed with hyphens, or in small letters
    package = _package(piece)
    manifest = package.manifest if package else {}
    maker = piece.workshop.maker
    new = getattr(piece, "replaced_by", None)
    drawn = piece.drawn_revision
    context = {
        "title": f"{title_of(piece.line)} {piece.serial}",
        "section": "passport",
        "piece": piece,
        "code": grouped(piece.code),
        "model_title": title_of(piece.line),
        "revision": drawn,
        "picture": picture_of(drawn),
        "maker": maker.organisation.name,
        "website": maker.website,
        "is_demo": piece.workshop.is_demo,
        "is_made": piece.made_on is not None or piece.stage in (Piece.Stage.SHIPPED, Piece.Stage.DELIVERED),
        "sizes": _sizes(piece),
        "parts": manifest.get("parts", []),
        "hardware": manifest.get("hardware", []),
        "notice": package.first("notice-de-montage.pdf") if package else "",
        "new_piece": new,
        "old_piece": piece.replaces,
        "credit": drawn.texts.get("credit", "") if drawn else "",
        "licence": drawn.texts.get("licence", "") if drawn else "",
        "short_address": short_address(piece),
    }
    return _kept(request, render(request, "cms/making/passport.html", context))


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A stranger's page is the same for all strangers; a person's own says who they are."""
    stranger = not request.user.is_authenticated
    response["Cache-Control"] = f"public, max-age={_KEPT}" if stranger else "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _sizes(piece: Piece) -> list[tuple[str, str]]:
    """All but texts: what is written on a sign may name its town."""
    revision, line = piece.drawn_revision, piece.line
    assert revision is not None
    try:
        drawing = revision.drawing()
    except UnknownDesignError:
        return []
    texts = {parameter.name for parameter in drawing.parameters if parameter.kind is Kind.TEXT}
    fields = ParameterForm(drawing, line.parameters).fields
    return [(str(f.label), f"{f.value}\u00a0{f.unit}" if f.unit else _chosen(f)) for f in fields if f.name not in texts]


def _chosen(field: Any) -> str:
    if field.kind == "flag":
        return "oui" if field.checked else "non"
    return next((str(choice.label) for choice in field.choices or () if choice.chosen), str(field.value))


def _package(piece: Piece) -> PackageReader | None:
    return package_of(piece.production.job) if piece.production else None


def _part(piece: Piece, part: str) -> tuple[PackageReader, dict[str, Any]]:
    """Raises Http404."""
    package = _package(piece)
    rows = package.manifest["parts"] if package else []
    found = next((row for row in rows if row["code"] == part), None)
    if package is None or found is None:
        raise Http404("Cette pièce n’existe pas.")
    return package, found


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@_guarded
def part(request: HttpRequest, piece: Piece, part: str) -> HttpResponse:
    """One part to be made again: its files for any workshop, or files for a machine that the reader knows."""
    package, row = _part(piece, part)
    signed_in = request.user.is_authenticated
    if request.method == "POST" and not signed_in:
        query = urlencode({"next": request.path})
        return redirect(f"{reverse('account_login')}?{query}")
    form = ProductionForm(request.POST if request.method == "POST" else None, initial={"quantite": 1})
    if form.is_bound and form.is_valid():
        try:
            job = _again(piece, part, form)
        except (NotMakeableError, MachineFileError, BusyError, UnknownDesignError) as error:
            form.add_error(None, error.french)
        except ParameterError as error:
            form.add_error(None, " ".join(error.messages.values()))
        else:
            return redirect("job", job.public_id)
    manifest = package.manifest
    context = {
        "title": f"Refaire la pièce {row['code']}, {row['name'].lower()}",
        "section": "passport",
        "piece": piece,
        "part": row,
        "stock": manifest["stock"],
        "tool": manifest.get("tool"),
        "kerf": manifest.get("machine", {}).get("kerf_mm") or 0,
        "dxf": row["file"].rsplit("/", 1)[-1],
        "form": form if signed_in else None,
        "regions": _own_first(request, form) if signed_in else [],
        "errors": [str(error) for errors in form.errors.values() for error in errors] if form.is_bound else [],
        "login": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
        "trail": [{"url": reverse("passport", args=[piece.code]), "title": f"{title_of(piece.line)} {piece.serial}"}],
    }
    return _kept(request, render(request, "cms/making/part.html", context, status=422 if form.is_bound else 200))


def _own_first(request: HttpRequest, form: ProductionForm) -> list[RegionChoice]:
    """A maker's own workshops alone; for others all of them."""
    regions = form.regions()
    own = set(Workshop.objects.editable_by(request.user).values_list("slug", flat=True))
    mine = [w for region in regions for w in region.workshops if w.pairs[0].value.partition(":")[0] in own]
    return [RegionChoice("", tuple(mine))] if mine and len(mine) <= MOST_IN_ONE_LIST else regions


def _again(piece: Piece, part: str, form: ProductionForm) -> Job:
    revision, line = piece.drawn_revision, piece.line
    assert revision is not None
    given = form.cleaned_data
    return request_package(revision, line.parameters, given["atelier"], given["quantite"], only=[part])


@login_not_required
@require_safe
@_guarded
def part_file(request: HttpRequest, piece: Piece, part: str, form: str) -> HttpResponse:
    """At 1:1, from the DXF that was checked with its package; ``voir`` is the small picture of a page."""
    package, row = _part(piece, part)
    dxf = package.read(row["file"])
    title = f"{row['code']} {row['name']} – {title_of(piece.line)} {piece.serial}"
    try:
        content = dxf if form == "dxf" else _FILES[form](dxf, title)
    except UnreadableError as error:
        raise Http404("Ce fichier n’est pas lisible.") from error
    name = row["file"].rsplit("/", 1)[-1].removesuffix(".dxf") + f".{form}"
    return _file(content, name, as_attachment=True)


@login_not_required
@require_safe
@_guarded
def picture(request: HttpRequest, piece: Piece, part: str) -> HttpResponse:
    package, row = _part(piece, part)
    return _file(part_picture(package.read(row["file"]), row["code"]), f"{row['code']}.svg", kept=86_400)


@login_not_required
@require_safe
@_guarded
def notice(request: HttpRequest, piece: Piece) -> HttpResponse:
    package = _package(piece)
    path = package.first("notice-de-montage.pdf") if package else ""
    if package is None or not path:
        raise Http404("La notice n’est pas là.")
    response = _file(package.read(path), f"notice-{piece.line.design}.pdf")
    response["Content-Security-Policy"] = "default-src 'none'; object-src 'self'"
    return response


@login_not_required
@require_safe
@_guarded
def qr(request: HttpRequest, piece: Piece, form: str) -> HttpResponse:
    draw = passport_marks.svg_of if form == "svg" else passport_marks.png_of
    return _file(draw(address_of(piece)), f"passeport-{piece.serial}.{form}", kept=86_400)


def _file(content: bytes, name: str, *, as_attachment: bool = False, kept: int = _KEPT) -> HttpResponse:
    kind = "image/png" if name.endswith(".png") else content_type(name)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name) or "inline"
    response["Content-Security-Policy"] = FILES
    response["Cache-Control"] = f"public, max-age={kept}"
    return response
