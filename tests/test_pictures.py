# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The site's pictures: drawn from the solids that are published today, light enough, described, always the same."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from PIL import Image

from cms.pictures_shown import picture, pictures
from designs.catalogue import design, identifiers
from fabrication.pictures.render import View, render
from fabrication.pictures.scene import box_of, felts_of, studio, tessellated
from fabrication.pictures.surfaces import Plywood, noise, plain
from scripts.figures import person, wheelchair
from scripts.photographs import PHOTOGRAPHS
from scripts.pictures import MANIFEST, MODELS, SHARE, SHARE_BYTES, WEIGHTS, drawn_from, entries, facts_of, stem_of
from scripts.shapes import box


def _manifest() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(MANIFEST.read_text("utf-8"))["pictures"]
    return found


def test_every_picture_was_drawn_from_the_revision_that_is_published_today() -> None:
    said = {stem_of(entry): entry for entry in _manifest()}
    for entry in entries():
        drawn = said.get(stem_of(entry))
        assert drawn == entry, f"{stem_of(entry)} is of another drawing: run `make pictures` and look at it"


@pytest.mark.parametrize("name", identifiers())
def test_the_drawing_with_the_measures_is_of_the_same_revision_and_says_its_outer_sizes(name: str) -> None:
    drawn = (MODELS / f"{name}-measures.svg").read_text("utf-8")
    assert f"<desc>{drawn_from(name)}</desc>" in drawn, "run `make pictures`"
    piece = design(name).build()
    bodies = [*((p.solid, p.placements) for p in piece.parts), *((f.solid, f.placements) for f in piece.fittings)]
    boxes = [solid.moved(at).BoundingBox() for solid, places in bodies for at in places]
    wide = max(b.xmax for b in boxes) - min(b.xmin for b in boxes)
    deep = max(b.ymax for b in boxes) - min(b.ymin for b in boxes)
    tall = max(b.zmax for b in boxes) - min(b.zmin for b in boxes)
    found = {int(text.replace("\u202f", "")) for text in re.findall(r">([\d\u202f]+)\u00a0mm<", drawn)}
    assert len(found) == 3 and all(min(abs(one - size) for one in found) <= 2 for size in (wide, deep, tall))
    assert len(drawn) < 60_000 and "<script" not in drawn


def test_another_drawing_has_another_sum() -> None:
    chariot = design("chariot")
    base = facts_of(chariot.build())
    assert base == facts_of(design("chariot").build())
    assert base != facts_of(chariot.build({"width": 910})) != facts_of(chariot.build({"extension": "folded"}))


def test_every_picture_is_there_in_its_widths_and_light() -> None:
    wanted = set()
    for entry in _manifest():
        wide, tall = entry["shape"]  # type: ignore[misc]
        for width in entry["widths"]:  # type: ignore[attr-defined]
            file = MODELS / f"{stem_of(entry)}-{width}.webp"
            wanted.add(file.name)
            with Image.open(file) as opened:
                assert opened.size == (width, width * tall // wide), file.name
            assert file.stat().st_size <= WEIGHTS[width], file.name
    shares = {f"{name}-share.jpg" for name in (*identifiers(), "trio")}
    for name in shares:
        with Image.open(MODELS / name) as opened:
            assert opened.size == SHARE
        assert (MODELS / name).stat().st_size <= SHARE_BYTES
    assert {file.name for file in MODELS.iterdir()} == {
        *wanted,
        *shares,
        *(f"{name}-measures.svg" for name in identifiers()),
        MANIFEST.name,
    }


def test_each_model_is_shown_in_use_from_several_sides_and_closely() -> None:
    for name in identifiers():
        shown = pictures(name)
        assert shown[0].name == "hero" and 5 <= len(shown) <= 8
        assert "joint" in {one.name for one in shown}
        assert len({one.alt for one in shown}) == len(shown)
        for one in shown:
            assert 30 <= len(one.alt) <= 160 and one.alt.endswith("."), one.alt
            assert "'" not in one.alt and not any(f" {sign}" in one.alt for sign in ":;!?"), one.alt
    trio = picture("", "trio")
    assert trio and (trio.width, trio.height) == (960, 540) and trio.share == "pictures/trio-share.jpg"
    assert picture("chariot", "nowhere") is None and pictures("table") == ()


def test_only_where_the_sizes_promise_a_wheelchairs_place_a_picture_shows_one() -> None:
    for photograph in PHOTOGRAPHS:
        if "fauteuil" in photograph.says:
            use = design(photograph.model).build(photograph.values).use
            assert use and any(knees.wheelchair for knees in use.knees)


def test_a_person_is_a_metre_seventy_five_and_stands_on_the_floor() -> None:
    low, high = box_of(person())
    assert high[2] - low[2] == pytest.approx(1750, abs=12) and low[2] == pytest.approx(0, abs=6)
    low, high = box_of(wheelchair())
    assert low[2] == pytest.approx(0, abs=6) and 780 < high[2] < 900
    assert high[0] - low[0] <= 700  # an active wheelchair passes a door


def test_felt_hangs_inside_the_grooves_that_hold_it_and_nowhere_else() -> None:
    house = design("maisonnette").build()
    hung = {part.name: felts_of(part) for part in house.parts if felts_of(part)}
    assert set(hung) == {"mur", "façade gauche", "façade droite"} and all(len(one) == 1 for one in hung.values())
    for part in house.parts:
        if part.name in hung:
            tessellated(part.solid)  # boxes are looser after that
    assert {part.name for part in house.parts if felts_of(part)} == set(hung)
    assert not any(felts_of(part) for part in design("maisonnette").build({"felt": False}).parts)
    assert not any(felts_of(part) for part in design("porte").build().parts)


def test_the_edge_of_a_board_shows_its_plies_and_its_face_does_not() -> None:
    wood = Plywood(18.0, 1)
    across = np.column_stack([np.full(400, 50.0), np.zeros(400), np.linspace(0.01, 17.99, 400)])
    edge = wood(across, np.tile([0.0, -1.0, 0.0], (400, 1))).mean(1)
    dark = edge < edge.mean()
    assert 6 <= np.count_nonzero(np.diff(dark.astype(int)) == 1) <= 8  # every other one of thirteen plies
    face = wood(np.column_stack([across[:, :2] + across[:, 2:], np.full(400, 18.0)]), np.tile([0, 0, 1.0], (400, 1)))
    assert face.std() / face.mean() < edge.std() / edge.mean() + 0.35
    assert (face >= 0).all() and (face <= 1).all()
    values = noise(np.linspace(-50, 50, 1000), np.linspace(3, 9, 1000), 4)
    assert 0 <= values.min() < 0.3 and 0.7 < values.max() <= 1 and np.abs(np.diff(values)).max() < 0.3


def test_a_picture_is_the_same_twice_and_has_light_and_shadow() -> None:
    block = [box((400, 400, 400), plain(200, 160, 110), (0, 0, 200))]
    room = studio((130, 150, 160), (200, 200, 196), 1500.0, 30)
    seen = np.concatenate([thing.triangles.reshape(-1, 3) for thing in block])
    view = View(30, 15, 0.2)
    once, again = (render([*block, *room], seen, view, 64, 48, fine=2, rounds=2) for _ in range(2))
    assert once.tobytes() == again.tobytes()
    pixels = np.asarray(once).astype(float)
    assert pixels[28, 47:50].mean() < pixels[28, 4:12].mean() - 40  # the window is at the left, the shadow to the right
    middle = pixels[24, 28]
    assert middle[0] > middle[2] + 30  # it is the block that one sees
