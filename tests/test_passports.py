# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passports: what anybody may read, what nobody does, the codes that lead there, and the parts that can be made again."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
import pytest
import svgelements
import zxingcpp
from django.core.cache import caches
from django.test import Client
from PIL import Image, ImageDraw
from pypdf import PdfReader

from cms.views.making.part_drawing import part_pdf, part_svg
from fabrication.models import Job
from orders.models import Piece
from orders.services.passport_labels import Label, labels_pdf
from orders.services.passport_marks import engraved_contours, engraving_dxf, engraving_svg, png_of
from orders.services.passports import MOST_GUESSES
from orders.services.pieces import grouped, new_code
from tests.making import HOLE, PLATE, Case, finish_package, make_case, plate_dxf
from tests.workshops import make_maker_person, make_workshop

ADDRESS = "https://treteau.example.org/passeport/ABCDEFGHJKMN/"


@pytest.fixture
def case(db: Any, settings: Any, tmp_path: Path) -> Case:
    settings.TRETEAU_ARTEFACTS, settings.TRETEAU_ORDER_FILES = tmp_path / "artefacts", tmp_path / "orders"
    settings.WAGTAILADMIN_BASE_URL = "https://treteau.example.org"
    caches["strangers"].clear()
    case = make_case()
    case.act("start")
    finish_package(case.prepared().job)
    case.finished(*case.pieces)
    return case


def page(piece: Piece, more: str = "") -> str:
    return f"/passeport/{piece.code}/{more}"


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ").split())


def read(picture: Image.Image) -> list[str]:
    """By another program than the one that writes them."""
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_a_stranger_reads_what_it_is_and_nothing_of_anybody(case: Case, client: Client) -> None:
    case.workshop.name = "Site de la gare"
    case.workshop.save()
    piece = case.pieces[0]
    answer = client.get(page(piece))
    text = text_of(answer)
    for said in (
        piece.serial,
        "Les Copeaux",
        "contreplaqué bouleau, 17,83 mm".capitalize(),
        "révision",
        "P01",
        "Vis à tête plate",
    ):
        assert said in text, said
    order = case.order
    for hidden in (
        order.organisation.name, order.reference, str(order.public_id), "Camille", "Roux", "Dominique", order.commune,
        order.address, order.contact_email, case.workshop.name, case.workshop.commune, case.maker.email, "Nîmes",
    ):  # fmt: skip
        assert hidden not in answer.content.decode(), hidden
    assert answer["Cache-Control"] == "public, max-age=300" and not answer.cookies


def test_a_persons_own_page_is_kept_by_nobody(case: Case, client: Client) -> None:
    client.force_login(case.maker)
    assert client.get(page(case.pieces[0]))["Cache-Control"] == "private, no-store"


def test_a_code_is_typed_with_hyphens_and_small_letters(case: Case, client: Client) -> None:
    piece = case.pieces[0]
    answer = client.get(f"/passeport/{grouped(piece.code).lower()}/")
    assert (answer.status_code, answer["Location"]) == (301, page(piece))


@pytest.mark.parametrize(
    "code", ["ABCDEFGHJKM", "ABCDEFGHJKMN", "OOOOOOOOOOOO", "%00%00", "٣" * 12, "A" * 5_000, "<b>"]
)
def test_a_code_that_nobody_has_is_answered_kindly(case: Case, client: Client, code: str) -> None:
    answer = client.get(f"/passeport/{code}/")
    assert (
        answer.status_code == 404 and "Relisez l’étiquette" in text_of(answer) and "<b>»" not in answer.content.decode()
    )


def test_guessing_ends_and_a_known_code_is_guessed_no_more(case: Case, client: Client) -> None:
    for _ in range(MOST_GUESSES):
        assert client.get(f"/passeport/{new_code()}/").status_code == 404
    assert client.get(f"/passeport/{new_code()}/").status_code == 429
    assert client.get(page(case.pieces[0])).status_code == 429
    assert client.get(page(case.pieces[0]), REMOTE_ADDR="192.0.2.9").status_code == 200


def test_a_replaced_piece_leads_to_the_one_that_replaces_it(case: Case, client: Client) -> None:
    old = case.pieces[0]
    case.act("ship")
    case.act("deliver", by="buyer")
    case.act("claim", by="buyer", note="Fendu, dit Camille Roux.", given={"piece": old.pk})
    case.act("answer_claim", note="Refait.", given={"claim": case.order.claims.get().pk, "remedy": "remake"})
    new = Piece.objects.get(replaces=old)
    answer = client.get(page(old))
    assert page(new) in answer.content.decode() and "Fendu" not in answer.content.decode()
    assert f"remplace {old.serial}" in text_of(client.get(page(new)))


def test_a_part_is_handed_out_as_it_was_cut(case: Case, client: Client) -> None:
    piece = case.pieces[0]
    assert client.get(page(piece, "P01/")).status_code == 200
    dxf = client.get(page(piece, "P01.dxf"))
    assert dxf.content == plate_dxf() and "P01-joue.dxf" in dxf["Content-Disposition"]
    assert client.get(page(piece, "P01.svg"))["Content-Type"] == "image/svg+xml"
    assert client.get(page(piece, "P01.pdf")).content.startswith(b"%PDF")
    assert client.get(page(piece, "P01/dessin.svg")).content.startswith(b"<svg")
    assert client.get(page(piece, "notice.pdf")).content.startswith(b"%PDF-1.4 notice")
    for wrong in ("P99/", "P99.dxf", "P01.exe", "../manifest.json", "P01/dessin.png"):
        assert client.get(page(piece, wrong)).status_code == 404, wrong


def test_a_maker_makes_a_part_again_for_its_own_machine(case: Case, client: Client) -> None:
    piece = case.pieces[0]
    other = make_workshop(Path("examples/machines/router-1300.toml").read_text(), slug="autre", name="Autre atelier")
    given = {"atelier": "autre", "quantite": "2"}
    refused = client.post(page(piece, "P01/"), given)
    assert refused.status_code == 302 and refused["Location"].startswith("/compte/connexion/")
    client.force_login(make_maker_person(other, "autre@example.org"))
    shown = client.get(page(piece, "P01/")).content.decode()
    assert 'value="autre"' in shown and 'value="w"' not in shown  # its own alone
    assert client.post(page(piece, "P01/"), given | {"quantite": "1e3"}).status_code == 422
    answer = client.post(page(piece, "P01/"), given)
    job = Job.objects.latest("pk")
    assert answer["Location"] == f"/travaux/{job.public_id}/"
    assert (job.only, job.quantity, job.workshop, job.revision) == (["P01"], 2, other, piece.line.revision)


def test_a_part_is_drawn_at_one_to_one() -> None:
    svg = svgelements.SVG.parse(io.BytesIO(part_svg(plate_dxf(), "Joue")), ppi=25.4)
    left, low, right, high = svg.bbox()
    assert (right - left, high - low) == pytest.approx((320, 120), abs=0.01)
    assert float(svg.values["width"].removesuffix("mm")) == pytest.approx(340, abs=0.01)
    box = PdfReader(io.BytesIO(part_pdf(plate_dxf(), "Joue"))).pages[0].mediabox
    assert (float(box.width) / 72 * 25.4, float(box.height) / 72 * 25.4) == pytest.approx((340, 156), abs=0.1)


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is missing: install poppler-utils")
def test_a_printed_part_has_the_true_shape(tmp_path: Path) -> None:
    (tmp_path / "part.pdf").write_bytes(part_pdf(plate_dxf(), "Joue"))
    subprocess.run(["pdftoppm", "-r", "25.4", "-png", "-singlefile", "part.pdf", "part"], cwd=tmp_path, check=True)
    dark = np.asarray(Image.open(tmp_path / "part.png").convert("L")) < 250
    rows, columns = np.nonzero(dark[16:])  # below the bar of 100 mm
    # One pixel a millimetre: 320 × 120, 10 mm from the edges.
    assert (columns.min(), columns.max(), rows.min() + 16, rows.max() + 16) == pytest.approx(
        (10, 330, 26, 146), abs=1.5
    )
    x0 = PLATE.bounds[0] - 10
    assert dark[16:, int(HOLE.bounds[0] - x0)].any() and not dark[86 - 10 : 86 + 10, int(60 - x0)].any()


def test_the_code_of_a_page_says_the_address(case: Case, client: Client) -> None:
    piece = case.pieces[0]
    png = client.get(page(piece, "code.png"))
    assert read(Image.open(io.BytesIO(png.content))) == [f"https://treteau.example.org/passeport/{piece.code}/"]
    assert client.get(page(piece, "code.svg"))["Content-Type"] == "image/svg+xml"
    assert read(Image.open(io.BytesIO(png_of(ADDRESS)))) == [ADDRESS]


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is missing: install poppler-utils")
def test_every_printed_label_is_read_back(tmp_path: Path) -> None:
    urls = [f"https://treteau.example.org/passeport/{new_code()}/" for _ in range(26)]
    labels = [
        Label(
            url,
            f"T26-{n:06}",
            "Chariot-établi",
            "Atelier d’un nom qui ne finit pas, association loi de 1901",
            url[8:-1],
        )
        for n, url in enumerate(urls)
    ]
    (tmp_path / "labels.pdf").write_bytes(labels_pdf(labels, "Étiquettes"))
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "labels.pdf", "page"], cwd=tmp_path, check=True)
    pages = [read(Image.open(path)) for path in sorted(tmp_path.glob("page*.pgm"))]
    assert [len(found) for found in pages] == [24, 2] and {u for found in pages for u in found} == set(urls)
    begun = PdfReader(io.BytesIO(labels_pdf(labels[:2], "Étiquettes", first=24)))
    assert len(begun.pages) == 2
    with pytest.raises(ValueError, match="24 labels"):
        labels_pdf(labels, "Étiquettes", first=25)


def test_an_engraved_code_is_read_back_from_its_drawing_at_its_stated_size() -> None:
    document = ezdxf.read(io.StringIO(engraving_dxf(ADDRESS, 40.0, "T26-000001").decode()))  # type: ignore[attr-defined]
    assert document.header["$INSUNITS"] == 4
    scale, margin = 20, 120
    picture = Image.new("1", (40 * scale + 2 * margin,) * 2, 1)
    corners = []
    for line in document.modelspace().query("LWPOLYLINE"):
        assert line.closed and line.dxf.layer == "TOP-ENGRAVE"
        points = [(x, y) for x, y, *_ in line.get_points()]
        corners += points
        ring = Image.new("1", picture.size, 0)
        ImageDraw.Draw(ring).polygon([(margin + x * scale, margin + (40 - y) * scale) for x, y in points], fill=1)
        picture.paste(Image.fromarray(~np.asarray(picture)), mask=ring)  # even and odd: an island is light again
    xs, ys = zip(*corners, strict=True)
    assert (min(xs), min(ys), max(xs), max(ys)) == pytest.approx((0, 0, 40, 40), abs=1e-6)
    assert read(picture.convert("L")) == [ADDRESS]


def test_engraved_contours_share_no_edge() -> None:
    edges = [
        frozenset((segment.start, segment.end))
        for contour in engraved_contours(ADDRESS, 33.0)  # 33 modules: a module is a millimetre
        for segment in contour.segments()
    ]
    assert len(edges) == len(set(edges)) > 300
    svg = engraving_svg(ADDRESS, 33.0, "T26-000001").decode()
    assert 'width="41mm"' in svg and 'viewBox="-4 -4 41 41"' in svg and 'fill-rule="evenodd"' in svg


def test_labels_and_engravings_are_the_makers_alone(case: Case, client: Client) -> None:
    piece = case.pieces[0]
    root = f"/fabrication/{case.order.public_id}/"
    files = (f"{root}etiquettes.pdf", f"{root}gravure-{piece.serial}.dxf", f"{root}gravure-{piece.serial}.svg?cote=50")
    for person in (case.buyer, make_maker_person(make_workshop(slug="tiers"), "tiers@example.org")):
        client.force_login(person)
        assert [client.get(file).status_code for file in files] == [404, 404, 404]
    client.logout()
    assert [client.get(file).status_code for file in files] == [302, 302, 302]
    client.force_login(case.maker)
    assert [client.get(file).status_code for file in files] == [200, 200, 200]
    assert "50mm.svg" in client.get(files[2])["Content-Disposition"]
    for wrong in (
        f"{root}gravure-T99-999999.dxf",
        f"{files[1]}?cote=9999",
        f"{files[1]}?cote=1e3",
        f"{files[1]}?cote=-1",
    ):
        assert client.get(wrong).status_code == 404, wrong
    for place in ("0", "25", "٣", "1e1", "9" * 5_000):
        assert client.get(files[0], {"place": place}).status_code == 200, place
