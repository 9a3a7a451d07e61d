# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A designer who means harm, or whose script never ends: what it takes from others is bounded."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from designs.content import Content
from designs.errors import ParameterError
from designs.folder import FolderError, parse, read_zip
from designs.jail import JailError
from designs.jail.errors import busy, too_long
from designs.services import drafting
from designs.services.candidates import candidate
from fabrication import work
from fabrication.comparison.changes import State, compare
from fabrication.comparison.parameters import acceptance
from fabrication.fitness import clash
from fabrication.fitness.bodies import Box
from fabrication.fitness.verdict import Colour
from fabrication.models import Job
from fabrication.scripted import asking, transport
from fabrication.scripted.errors import TransportError
from fabrication.scripted.flat_data import PartReader, part_name
from fabrication.services import BusyError, request_preview
from tests.studio import TEXTS, Studio, content, studio
from tests.varied_designs import Bench, bench


@pytest.fixture
def place(db: None) -> Studio:
    return studio()


def test_a_bureaus_drafts_have_two_places_in_the_queue_and_leave_the_others_to_everybody(place: Studio) -> None:
    table, chair, stool = place.begin(), place.begin("chaise"), place.begin("tabouret")
    asked = [request_preview(candidate(draft, actor=place.designer), {"width": 500}) for draft in (table, chair)]
    with pytest.raises(BusyError, match="this bureau"):  # another draft of theirs is no other bureau
        request_preview(candidate(stool, actor=place.designer), {"width": 520})
    # What is asked for already is given, and other people's drafts have places of their own.
    assert request_preview(candidate(chair, actor=place.designer), {"width": 500}).pk == asked[1].pk
    bureau = place.stranger.memberships.get().organisation
    data = {"content": content(), "texts": TEXTS}
    other = drafting.start(slug="banc", organisation=bureau, data=data, actor=place.stranger)
    assert request_preview(candidate(other, actor=place.stranger), {"width": 520}).state == Job.State.QUEUED
    Job.objects.filter(pk=asked[0].pk).update(state=Job.State.REFUSED, finished_at=timezone.now(), reason="Trop long.")
    assert request_preview(candidate(stool, actor=place.designer), {"width": 520}).state == Job.State.QUEUED


def test_judging_ends_before_the_worker_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, float]] = []
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    progress = work._timely(lambda stage, done: heard.append((stage, done)))
    progress("far", 0.2)
    now[0] = 500.0
    with pytest.raises(Exception, match="had not ended") as caught:
        progress("far", 0.3)
    assert getattr(caught.value, "kind", "") == "time"  # failed, so it may be asked for again
    assert heard == [("far", 0.2)]


def test_the_time_of_a_comparison_is_looked_at_within_its_long_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of parts that are laid over each other, sheets that are filled: each takes minutes by itself."""
    heard: list[str] = []

    def progress(stage: str, done: float) -> None:
        heard.append(stage)

    compare(State(Bench()), State(bench(leg_radius=20.0)), progress)
    # Said at the beginning of a stage alone, it would be heard once.
    assert heard.count("parts") > 3 and heard.count("figures") > 3 and heard.count("far") > 2 * len(set(heard))
    for stage in ("parts", "figures"):
        left = [2]  # the stage's beginning, and one look within it

        def ended(now: str, done: float, stage: str = stage, left: list[int] = left) -> None:
            left[0] -= now == stage
            if not left[0]:
                raise too_long(420)

        with pytest.raises(JailError, match="had not ended"):
            compare(State(Bench()), State(bench(leg_radius=20.0)), ended, {})


@pytest.mark.parametrize("kind", ["time", "unavailable"])
def test_a_jail_that_gives_no_answer_has_refused_no_size_and_is_asked_once(kind: Any) -> None:
    asked: list[object] = []

    class Silent(Bench):
        def clean(self, given: Any) -> Any:
            if not given:
                return super().clean(given)
            asked.append(given)
            raise ParameterError("can't be asked", {"width": "Pas de réponse."}) from JailError(kind, "late", "Tard.")

    with pytest.raises(JailError, match="late"):
        acceptance(Bench(), Silent())
    assert len(asked) == 1


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_packed_in_a_rare_way_is_refused_before_it_is_unpacked(packing: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        archive.writestr("table/modele.toml", "slug = 'table'\n" * 200)
    data = bytearray(packed.getvalue())
    start = data.index(b"modele.toml") + len(b"modele.toml")
    for broken in (data, data[: start + 9] + b"\xff" + data[start + 10 :]):
        with pytest.raises(FolderError, match="packed in a way"):
            read_zip(bytes(broken))


def test_an_archive_of_a_later_version_of_zip_is_refused_in_words() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("table/modele.toml", "slug = 'table'\n")
    data = bytearray(packed.getvalue())
    data[data.index(b"PK\x01\x02") + 6] = 99  # version needed to read it
    with pytest.raises(FolderError, match="can't be read"):
        read_zip(bytes(data))


def test_an_outline_of_more_corners_than_the_kernel_joins_in_time_is_refused_before_it_tries() -> None:
    """A comb: valid, small, and a minute and a half of the kernel's with 18,000 corners."""

    def part(teeth: int) -> dict[str, Any]:
        top = [[x / 10, 50 + 5 * (x % 2), 0] for x in range(teeth, -1, -1)]
        outline = [[0, 0, 0], [teeth / 10, 0, 0], *top]
        return {"code": "P01", "name": "peigne", "thickness": 18, "grain": "free", "finish": "both", "quantity": 1,
                "outline": outline, "cuts": []}  # fmt: skip

    (read,) = PartReader().read_all([part(3900)])
    assert len(read.outline.vertices) == 3903
    with pytest.raises(TransportError, match="4000 in one contour"):
        PartReader().read_all([part(4000)])


def test_a_heap_of_parts_in_one_place_is_not_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thousand copies in one place are two million pairs, at 20 ms each."""
    compared = []
    monkeypatch.setattr(clash, "shared", lambda one, other: compared.append(1) or clash.SHARED_MM3 + share)
    box = Box((0.0, 0.0, 0.0), (10.0, 10.0, 10.0))
    heap: Any = [SimpleNamespace(box=box, solid=None, title=f"P01-{copy}") for copy in range(100)]
    share = 1.0
    assert clash.check(heap, []).verdict is Colour.RED
    assert len(compared) == clash.ENOUGH
    share, compared[:] = -1.0, []  # boxes that meet, solids that don't
    with pytest.raises(clash.CrowdedError):
        clash.check(heap, [])
    assert len(compared) == clash.MOST_COMPARED


def test_many_questions_to_a_script_that_never_answers_leave_threads_to_the_site(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer, asked = threading.Event(), []

    def never(*_: Any, **__: Any) -> Any:
        asked.append(1)
        answer.wait(20)
        raise JailError("time", "too long", "Trop long.")

    monkeypatch.setattr(asking, "run", never)
    monkeypatch.setattr(asking, "_PLACE_WAIT_S", 0.05)
    parsed, kinds = Content.parse(content()), []

    def ask(width: int) -> None:
        with pytest.raises(JailError) as caught:
            asking.require_accepted(parsed, {"width": width}, ["width"])
        kinds.append(caught.value.kind)

    threads = [threading.Thread(target=ask, args=(width,)) for width in range(8)]
    try:
        for thread in threads:
            thread.start()
        while len(kinds) < 5 and any(thread.is_alive() for thread in threads):
            time.sleep(0.01)
        assert (len(asked), kinds) == (3, [busy(1).kind] * 5)
    finally:
        answer.set()
        for thread in threads:
            thread.join()
        monkeypatch.undo()
    assert asking._AT_ONCE.acquire(blocking=False)  # places are given back
    asking._AT_ONCE.release()


@pytest.mark.usefixtures("never_hangs")
def test_dots_of_many_lines_are_no_more_than_those_of_a_few() -> None:
    lines = "\n".join(f"a{n}" + ".a" * 400 + " = 1" for n in range(100))
    with pytest.raises(FolderError, match="dots"):
        parse({"modele.toml": lines.encode(), "table.py": b""})


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", " +1", "-2", "@SUM(A1)", "\u200b", "…"])
def test_a_name_that_a_spreadsheet_would_calculate_or_nobody_sees_is_refused(name: str) -> None:
    assert part_name("pied-gauche 2", "parts.0.name") == "pied-gauche 2"
    with pytest.raises(TransportError):
        part_name(name, "parts.0.name")


@pytest.mark.parametrize("field", ["reference", "name", "unit"])
def test_bought_items_are_no_formulas_either(field: str) -> None:
    item = {"reference": "Vis 4 × 40", "name": "Vis", "quantity": 2, "unit": "pièce", "mass_g": 3}
    assert transport._hardware(item, "hardware.0").quantity == 2
    with pytest.raises(TransportError, match="formula"):
        transport._hardware({**item, field: "=1+1"}, "hardware.0")
