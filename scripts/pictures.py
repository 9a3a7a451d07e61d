# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Draw the pictures that site and repository show, from the solids: each model, the three together, each joint.

    python scripts/pictures.py [--rough] [NAME…]     # all, or those whose name contains one of the words

Beside the models' pictures stands ``pictures.json``: what each shows, which revision it was drawn from, and a sum of the
solids' facts, so that a picture of an older drawing is found (tests/test_pictures.py).
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image

from designs.catalogue import design, identifiers
from designs.furniture import Furniture
from fabrication.pictures.render import render
from fabrication.pictures.scene import box_of, placed, studio
from scripts.dimensioned import dimensioned
from scripts.guide_pictures import GUIDE_PICTURES, draw_guide
from scripts.joint_pictures import JOINT_PICTURES, draw
from scripts.photographs import PHOTOGRAPHS, ROOMS, Photograph, things_of, trio

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "cms/static/pictures"
JOINTS = ROOT / "docs/pictures"
MANIFEST = MODELS / "pictures.json"

#: Pixels; only what a page shows large is drawn large.
WIDTHS, LARGE = (480, 960), (480, 960, 1600)
#: Bytes that a picture of a width may weigh: a card on a phone, a page, a hero.
WEIGHTS = {480: 30_000, 960: 60_000, 1600: 120_000}
SHARE = (1200, 630)  # what other sites show beside a link
SHARE_BYTES = 120_000
TRIO_SAYS = (
    "Les trois meubles dans une même salle : la Porte numérique sous son arche, la Maisonnette ouverte et le Chariot-établi, "
    "chacun avec les personnes qui s’en servent."
)  # fmt: skip


def facts_of(furniture: Furniture) -> str:
    """A sum of what is seen of a piece: its parts' names, sizes and places. The same for the same drawing."""
    facts = [
        [
            part.code,
            part.name,
            f"{part.solid.Volume():.4g}",
            f"{part.solid.Area():.4g}",
            [[f"{v + 0.0:.0f}" for triple in at.toTuple() for v in triple] for at in part.placements],
        ]
        for part in furniture.parts
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]


@cache
def _sum(model: str, values: tuple[tuple[str, Any], ...]) -> str:
    return facts_of(design(model).build(dict(values)))


def entries() -> list[dict[str, Any]]:
    """What the manifest has to say of each picture, drawn from the designs as they are now."""
    found = [
        {
            "model": p.model, "name": p.name, "says": p.says, "shape": [4, 3],
            "widths": list(LARGE if p.name == "hero" else WIDTHS),
            "revisions": {p.model: design(p.model).revision}, "solids": _sum(p.model, tuple(p.values.items())),
        }
        for p in PHOTOGRAPHS
    ]  # fmt: skip
    three = {name: design(name).revision for name in identifiers()}
    together = "-".join(_sum(name, ()) for name in identifiers())
    found.append(
        {
            "model": "", "name": "trio", "says": TRIO_SAYS, "shape": [16, 9], "widths": list(LARGE),
            "revisions": three, "solids": together,
        }
    )  # fmt: skip
    return found


def stem_of(entry: Mapping[str, Any]) -> str:
    """The name of its files, without width and suffix."""
    return "-".join(part for part in (entry["model"], entry["name"]) if part)


def measures(name: str) -> str:
    """The drawing with a model's outer sizes, in its base sizes, as SVG."""
    drawing = design(name)
    said = f"{drawing.title}, de face et de côté, avec ses mesures hors tout"
    return dimensioned(drawing.build(), said, drawn_from(name))


def drawn_from(name: str) -> str:
    return f"{name} r{design(name).revision} {_sum(name, ())}"


def _model_picture(photograph: Photograph, width: int, height: int, rounds: int) -> Image.Image:
    things, seen = things_of(photograph)
    middle = box_of(things).mean(0)
    room = studio(*ROOMS[photograph.model], photograph.back, photograph.view.azimuth)
    there = [thing.moved(placed(middle[0], middle[1])) for thing in room]
    return render([*things, *there], seen, photograph.view, width, height, rounds=rounds)


def _trio_picture(width: int, height: int, rounds: int) -> Image.Image:
    things, seen, view = trio()
    middle = box_of(things).mean(0)
    there = [t.moved(placed(middle[0], middle[1])) for t in studio(*ROOMS["trio"], 2300.0, view.azimuth)]
    return render([*things, *there], seen, view, width, height, rounds=rounds)


def save(picture: Image.Image, stem: str, widths: tuple[int, ...]) -> None:
    """In all widths, each as good as its weight lets it be."""
    for width in widths:
        height = round(picture.height * width / picture.width)
        small = picture.resize((width, height), Image.Resampling.LANCZOS)
        _weighed(small, MODELS / f"{stem}-{width}.webp", WEIGHTS[width], "WEBP")


def _weighed(picture: Image.Image, path: Path, most: int, kind: str) -> None:
    for quality in (86, 82, 78, 74, 70, 64, 58, 50):
        options = {"method": 6} if kind == "WEBP" else {"optimize": True, "progressive": True}
        picture.save(path, kind, quality=quality, **options)
        if path.stat().st_size <= most:
            return
    raise SystemExit(f"{path.name} weighs {path.stat().st_size} bytes, {most} at most")


def _share(picture: Image.Image, stem: str) -> None:
    """Cut to the shape of a shared link."""
    wide, tall = SHARE
    high = round(picture.width * tall / wide)
    top = (picture.height - high) // 2
    cut = picture.crop((0, top, picture.width, top + high)).resize(SHARE, Image.Resampling.LANCZOS)
    _weighed(cut, MODELS / f"{stem}-share.jpg", SHARE_BYTES, "JPEG")


def main(words: list[str]) -> None:
    rough = "--rough" in words
    words = [word for word in words if not word.startswith("--")]

    def wanted(name: str) -> bool:
        return not words or any(word in name for word in words)

    MODELS.mkdir(parents=True, exist_ok=True)
    JOINTS.mkdir(parents=True, exist_ok=True)
    drawn = []
    for photograph in PHOTOGRAPHS:
        stem = f"{photograph.model}-{photograph.name}"
        if wanted(stem):
            began = time.monotonic()
            hero = photograph.name == "hero"
            width, rounds = (640, 1) if rough else (1600, 3) if hero else (960, 2)
            picture = _model_picture(photograph, width, width * 3 // 4, rounds)
            save(picture, stem, LARGE if hero else WIDTHS)
            if hero:
                _share(_model_picture(photograph, *SHARE, 1 if rough else 2), photograph.model)
            drawn.append(stem)
            print(f"{stem}: {time.monotonic() - began:.0f} s", flush=True)
    for name in identifiers():
        if wanted(f"{name}-measures"):
            (MODELS / f"{name}-measures.svg").write_text(measures(name), "utf-8")
            print(f"{name}-measures", flush=True)
    if wanted("trio"):
        picture = _trio_picture(800, 450, 1) if rough else _trio_picture(1600, 900, 4)
        save(picture, "trio", LARGE)
        _share(picture, "trio")
        drawn.append("trio")
    write_manifest(drawn)
    for name in JOINT_PICTURES:
        if wanted(name):
            draw(name).save(JOINTS / f"{name}.webp", quality=82, method=6)
            print(name, flush=True)
    for name in GUIDE_PICTURES:
        if wanted(name):
            draw_guide(name).save(JOINTS / f"{name}.webp", quality=80, method=6)
            print(name, flush=True)


def write_manifest(drawn: Collection[str]) -> None:
    """Say what the pictures ``drawn`` (stems) were drawn from; the others keep what was said of them."""
    kept = {}
    if MANIFEST.is_file():
        kept = {stem_of(entry): entry for entry in json.loads(MANIFEST.read_text("utf-8"))["pictures"]}
    said = [entry if stem_of(entry) in drawn else kept.get(stem_of(entry)) for entry in entries()]
    manifest = {"pictures": [entry for entry in said if entry is not None]}
    MANIFEST.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
