# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Blocks look right whatever is written into them, or refuse it with a sentence."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from cms.blocks import BodyBlock, LinkBlock
from cms.blocks.links import CardsBlock, safe_address
from cms.blocks.lists import CaptionedTableBlock
from cms.blocks.pictures import PictureBlock, VideoBlock
from cms.templatetags.body import day, in_order, is_blank
from tests.editing import HOSTILE, every_block, make_document, make_image

LEVELS = st.lists(st.integers(1, 6), max_size=12)


def _levels(html: str) -> list[int]:
    return [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]


@given(LEVELS, st.integers(1, 3))
def test_titles_never_skip_a_level_whatever_the_editor_chose(wished: list[int], under: int) -> None:
    html = in_order("".join(f"<h{n}>titre</h{n}><p>a</p>" for n in wished), under)
    found = _levels(html)
    assert len(found) == len(wished) and [int(n) for n in re.findall(r"</h([1-6])>", html)] == found
    before = under
    for level in found:
        assert under < level <= min(before + 1, 6)
        before = level
    # Who was wished deeper than its neighbour never ends above it.
    for (a, b), (x, y) in zip(pairwise(wished), pairwise(found), strict=True):
        assert (b > a) <= (y >= x) and (b == a) <= (y == x)


def test_a_title_that_moved_keeps_its_looks_and_an_empty_one_goes() -> None:
    assert (
        in_order('<h4 data-block-key="a">Un</h4><h2></h2><h3>&nbsp;</h3>')
        == '<h2 class="fr-h4" data-block-key="a">Un</h2>'
    )
    assert in_order('<h3 class="fr-h6">Étape</h3>') == '<h2 class="fr-h6">Étape</h2>'


@pytest.mark.parametrize(
    "address", ["/modeles/", "/", "/questions/#q-a", "https://example.org/a?b=c", "mailto:a@example.org", "#bas"]
)
def test_addresses_that_lead_somewhere(address: str) -> None:
    assert safe_address(address)
    LinkBlock().clean(LinkBlock().to_python({"page": None, "address": address}))


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//example.org/", "/\\example.org", "http://", "https:///x",
     "modeles/", "https://[", "\0", "/a\nb", "mailto:", "vbscript:x", "9" * 400, "https://a b", HOSTILE],
)  # fmt: skip
def test_addresses_that_are_refused(address: str) -> None:
    assert not safe_address(address)
    with pytest.raises(ValidationError):
        LinkBlock().clean(LinkBlock().to_python({"page": None, "address": address}))


@pytest.mark.parametrize("count", [1, 12])
def test_one_card_and_twelve_are_shown(count: int) -> None:
    cards = [{"title": f"Carte {n}", "link": {"address": "/modeles/"}} for n in range(count)]
    block = CardsBlock()
    html = block.render(block.clean(block.to_python({"cards": cards})))
    assert html.count("<li") == count == html.count('href="/modeles/"')


@pytest.mark.parametrize("count", [0, 13])
def test_no_card_and_thirteen_are_refused(count: int) -> None:
    block = CardsBlock()
    cards = [{"title": "Carte", "link": {"address": "/"}}] * count
    with pytest.raises(ValidationError):
        block.clean(block.to_python({"cards": cards}))


@pytest.mark.parametrize(
    "data",
    [None, {}, {"data": []}, {"data": [["a", "b"]]}, {"data": [["a", ""], ["1", "2"]]}, {"data": [[None], [None]]}],
)
def test_a_table_without_titles_or_rows_is_refused_and_breaks_no_page(data: Any) -> None:
    block = CaptionedTableBlock()
    value = block.to_python({"caption": "Tailles", "table": data})
    block.render(value)
    with pytest.raises(ValidationError):
        block.clean(value)


def test_a_table_of_uneven_rows_has_as_many_cells_in_each() -> None:
    block = CaptionedTableBlock()
    value = block.to_python(
        {"caption": "Tailles", "table": {"data": [["Pièce", "mm", ""], ["P01"], ["P02", "18", " "], [None]]}}
    )
    html = block.render(block.clean(value))
    assert [
        row.count("<t") - 1 for row in re.findall(r"<tr>.*?</tr>", html, re.S) for row in [row.replace("<tr", "<t")]
    ] == [2, 2, 2]
    assert html.count('scope="col"') == 2 and html.count('scope="row"') == 2 and "<caption>Tailles</caption>" in html


@pytest.mark.parametrize("kind", list(BodyBlock().child_blocks))
def test_an_empty_block_of_each_kind_is_shown(kind: str) -> None:
    block = BodyBlock().child_blocks[kind]
    html = block.render(block.to_python("" if kind == "text" else {}))
    assert "None" not in html and _levels(html) == []


@pytest.mark.django_db
def test_hostile_words_stay_words_in_every_block() -> None:
    stream = every_block(HOSTILE, make_image(), make_document(), make_document("film.mp4"))
    body = BodyBlock()
    html = "".join(child.render() for child in body.normalize(stream))
    assert {kind for kind, _ in stream} == set(body.child_blocks)
    assert "<script" not in html and "<img src=x" not in html and "href=&quot;" not in html
    # No link was made of them; what is not a link stays readable.
    links = set(re.findall(r'href="([^"]*)"', html))
    assert links == {link for link in links if link.startswith("/documents/")} | {"/contact/"}
    assert "&lt;script&gt;" in html


@pytest.mark.django_db
def test_a_picture_wants_words_for_those_who_do_not_see_it() -> None:
    block = PictureBlock()
    silent = make_image(words="")
    value = block.to_python({"image": silent.pk, "alternative": "  "})
    with pytest.raises(ValidationError) as refused:
        block.clean(value)
    assert "texte de remplacement" in str(refused.value.block_errors["alternative"])  # type: ignore[attr-defined]
    cleaned = block.clean(block.to_python({"image": silent.pk, "alternative": "Un établi"}))
    assert 'alt="Un établi"' in block.render(cleaned)
    assert 'alt="Un carré de bois"' in block.render(block.to_python({"image": make_image().pk}))


@pytest.mark.django_db
@pytest.mark.parametrize("size", [(2, 1500), (1500, 2), (1, 1)])
def test_tall_wide_and_tiny_pictures_are_shown(size: tuple[int, int]) -> None:
    block = PictureBlock()
    html = block.render(block.to_python({"image": make_image("Une règle", *size).pk, "width": "wide"}))
    assert html.count("<img") == 1 and 'alt="Une règle"' in html and "not-found" not in html
    widths = re.findall(r" (\d+)w", html)
    assert widths and len(widths) == len(set(widths))


@pytest.mark.django_db
def test_a_video_of_ours_has_a_transcript_and_a_link_loads_nothing() -> None:
    block = VideoBlock()
    film, paper = make_document("film.mp4", b"0123456789"), make_document()
    base = {"title": "Montage", "transcript": "On pose la joue."}
    for wrong in (
        {**base},
        {**base, "file": film.pk, "address": "https://example.org/v"},
        {**base, "file": paper.pk},
        {**base, "file": film.pk, "transcript": " "},
        {**base, "file": film.pk, "subtitles": paper.pk},
        {**base, "address": "javascript:alert(1)"},
    ):
        with pytest.raises(ValidationError):
            block.clean(block.to_python(wrong))
    html = block.render(block.clean(block.to_python({**base, "file": film.pk})))
    assert f'src="/videos/{film.pk}/"' in html and 'preload="none"' in html and "On pose la joue." in html
    html = block.render(block.clean(block.to_python({**base, "address": "https://video.example.org/w/1"})))
    assert "<iframe" not in html and "<video" not in html and "video.example.org" in html


def test_small_words() -> None:
    from datetime import date

    assert (day(date(2026, 4, 1)), day(date(2026, 10, 21)), day(None)) == ("1er avril 2026", "21 octobre 2026", "")
    assert is_blank("<p></p>") and is_blank("<p>&nbsp;<br/></p>") and not is_blank("<p>a</p>") and is_blank(None)
