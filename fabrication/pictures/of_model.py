# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model's pictures for its page: hero, front and back in WebP of several widths, and what other sites show beside a link.

One archive holds them, with ``index.json``: a list of {name, says, shape, widths}, which cms/revision_pictures.py reads. The room is
that of the shipped models' pictures; nobody stands in it, since nobody has arranged them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designs.design import Design
from designs.furniture import Furniture
from fabrication.usual_sheet import usual_sheet

if TYPE_CHECKING:
    from PIL import Image

INDEX = "index.json"
#: Pixels, as those of the shipped models (scripts/pictures.py).
WIDTHS, LARGE = (480, 960), (480, 960, 1600)
SHARE = (1200, 630)
_WALL, _FLOOR = (146, 158, 152), (192, 194, 186)
_BACK_MM = 1700.0  # from the piece's middle to the wall, at least
_QUALITY = 80
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same inputs give the same bytes on any day
#: (stage, share done of the whole job, 0…1)
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Angle:
    """``says``: what the alternative text adds to the model's title, which another revision of the same drawing may change.
    Degrees as in fabrication.pictures.render.View, ``widths`` in pixels, the largest last."""

    name: str
    says: str
    azimuth: float
    elevation: float
    widths: tuple[int, ...]


ANGLES = (
    Angle("hero", "de trois quarts", 28, 13, LARGE),
    Angle("front", "de face", 0, 6, WIDTHS),
    Angle("back", "vu de l’arrière", -150, 13, WIDTHS),
)


def pictures_of_model(
    design: Design, progress: Progress, angles: Sequence[Angle] = ANGLES, share: tuple[int, int] = SHARE
) -> bytes:
    """The archive, of the piece in its base sizes and its usual sheet. Raises ParameterError, GeometryError, SheetError."""
    progress("build", 0.0)
    furniture = design.build({}, usual_sheet(design))
    take = camera(furniture)
    files: dict[str, bytes] = {}
    index: list[dict[str, Any]] = []
    for number, angle in enumerate(angles):
        progress("pictures", 0.15 + 0.85 * number / (len(angles) + 1))
        largest = angle.widths[-1]
        picture = take(angle, largest, largest * 3 // 4)
        for width in angle.widths:
            files[f"{angle.name}-{width}.webp"] = _encoded(picture, (width, width * 3 // 4), "WEBP")
        index.append({"name": angle.name, "says": angle.says, "shape": [4, 3], "widths": list(angle.widths)})
    progress("pictures", 0.9)
    files["hero-share.jpg"] = _encoded(take(angles[0], *share), share, "JPEG")
    files[INDEX] = json.dumps({"pictures": index}, ensure_ascii=False, sort_keys=True).encode()
    return _archive(files)


def camera(furniture: Furniture) -> Callable[[Angle, int, int], Image.Image]:
    """What takes pictures (angle, width, height in pixels) of the piece in a room."""
    import numpy as np

    from fabrication.pictures.render import View, render
    from fabrication.pictures.scene import box_of, furniture_things, placed, studio

    things = furniture_things(furniture)
    seen = np.concatenate([thing.triangles.reshape(-1, 3) for thing in things])
    box = box_of(things)
    middle, reach = box.mean(0), float(np.linalg.norm(box[1, :2] - box[0, :2]))
    # A piece may hang over its own feet: what is lowest stands on the floor.
    stands = placed(middle[0], middle[1], float(box[0, 2]))

    def take(angle: Angle, width: int, height: int) -> Image.Image:
        room = studio(_WALL, _FLOOR, max(_BACK_MM, reach), angle.azimuth)
        view = View(angle.azimuth, angle.elevation, 0.08)
        fine, rounds = (1, 4) if width > WIDTHS[-1] else (2, 1)  # what is large is seen smaller than it is drawn
        return render([*things, *(t.moved(stands) for t in room)], seen, view, width, height, fine=fine, rounds=rounds)

    return take


def _encoded(picture: Image.Image, size: tuple[int, int], kind: str) -> bytes:
    from PIL import Image

    content = io.BytesIO()
    small = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
    options: dict[str, Any] = {"method": 6} if kind == "WEBP" else {"optimize": True, "progressive": True}
    small.save(content, kind, quality=_QUALITY, **options)
    return content.getvalue()


def _archive(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:  # pictures are compressed already
        for name, data in sorted(files.items()):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system, member.external_attr = 3, 0o100644 << 16
            archive.writestr(member, data)
    return content.getvalue()
