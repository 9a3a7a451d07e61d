# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A published model's own files: notice, solids, OKH manifest, in its base sizes. Workers make them once a revision, as a
package for a reference machine; pages serve them out of its archive."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from django.utils import timezone

import designs
from designs.errors import DesignError
from designs.folder import write
from designs.models import DesignRevision
from designs.services.folders import folder_of
from designs.sources import drawing_files
from fablabs.models import Workshop
from fabrication import artefacts
from fabrication.errors import NotMakeableError
from fabrication.models import Job
from fabrication.services import BusyError, request_package

log = logging.getLogger(__name__)

#: The first thing that whoever opens the sources reads: what to install, and a piece drawn in one line.
_READ_ME = """Les sources des modèles de Tréteau
==================================

Chaque modèle est une classe de Python qui dessine ses pièces avec CadQuery : designs/porte.py, designs/maisonnette.py,
designs/chariot.py. Les assemblages sont dans designs/joinery/. Toutes les cotes sont en millimètres.

Il faut Python 3.11 ou plus récent. Dans le dossier « treteau » :

    python -m pip install "cadquery~=2.8.0" shapely
    python -c "from designs.catalogue import design; from designs.sheet import Sheet; piece = design('chariot').build({'width': 900}, Sheet(thickness=17.6)); print([part.code for part in piece.parts])"

Changez une cote dans designs/chariot.py, recommencez : la liste des pièces suit. Les panneaux, les DXF, les notices et
leurs contrôles sont l’affaire du logiciel Tréteau tout entier (treteau cut chariot --machine atelier.toml).

Les modèles sont sous CERN-OHL-S-2.0, le code sous AGPL-3.0-or-later : les textes sont dans LICENSES/.
"""
_READ_ME_OF_THE_STUDIO = """Les sources d’un modèle du Studio de Tréteau
===========================================

Le dossier « {design} » est le modèle : ses réglages et ses textes (modele.toml), et son script, ou ses pièces planes
(pieces.json). Il se rouvre tel quel dans le Studio d’un site Tréteau, ou avec « treteau design » dans un terminal.

Le script se sert du dossier « designs » : assemblages, panneaux, typographie. Il faut Python 3.11 ou plus récent, CadQuery
(python -m pip install "cadquery~=2.8.0" shapely). Toutes les cotes sont en millimètres.

La licence du modèle est dite dans modele.toml ; le dossier « designs » est sous AGPL-3.0-or-later et CERN-OHL-S-2.0 : les
textes sont dans LICENSES/.
"""
_MACHINE = Path(__file__).resolve().parent / "reference_machine.toml"
#: What failed is not asked for again at every look.
_AGAIN_AFTER = timedelta(hours=1)

#: File of the archive → (title, for whom), French, in the order of the page.
OFFERED = {
    "notice-de-montage.pdf": ("Notice de montage", "PDF, à imprimer : les pièces, les outils, chaque geste en image."),
    "piece.step": ("Le meuble en volume, STEP", "Pour un logiciel de CAO."),
    "piece.glb": ("Le meuble en volume, GLB", "Pour une visionneuse ou une page web."),
    "okh.toml": ("Fiche Open Know-How", "TOML : le manifeste du matériel libre, lu par les annuaires."),
    "LICENSE": ("Licence", "Le texte entier de la CERN-OHL-S-2.0."),
}  # fmt: skip


@dataclass(frozen=True)
class PublishedFile:
    """``name`` in the address and in the archive; ``size`` in bytes."""

    name: str
    title: str
    purpose: str
    size: int


@cache
def reference_machine() -> str:
    return _MACHINE.read_text("utf-8")


def job_of(revision: DesignRevision) -> Job | None:
    """The job that makes or made this revision's files, asked for if there is none; None if it can't be asked now."""
    found = known_job_of(revision)
    if found and not _is_gone(found):
        return found
    try:
        return ask_for(revision)
    except (BusyError, NotMakeableError, DesignError):
        log.warning("the files of %s are not to be had now", revision, exc_info=True)
        return None


def known_job_of(revision: DesignRevision) -> Job | None:
    """The last one that was asked for; asks for none."""
    rows = Job.objects.filter(
        kind=Job.Kind.PACKAGE, revision=revision, workshop=None, machine_file=reference_machine(), quantity=1, scale=1
    )
    return rows.select_related("package").order_by("-pk").first()


def ask_for(revision: DesignRevision) -> Job:
    """A new job for them, done at once if they were made before. Raises BusyError, NotMakeableError, DesignError."""
    # No workshop: nobody is going to cut it.
    nobody = cast("Workshop", None)
    return request_package(revision, {}, nobody, machine_file=reference_machine())


def _is_gone(job: Job) -> bool:
    """Made, and its file is not there any more; or failed a while ago."""
    if job.state == Job.State.FAILED:
        return bool(job.finished_at and job.finished_at < timezone.now() - _AGAIN_AFTER)
    return bool(job.package and not artefacts.file_of(job.package).is_file())


def files_of(job: Job | None) -> tuple[PublishedFile, ...]:
    """Those of ``OFFERED`` that a finished job's archive has; none before."""
    if job is None or job.package is None:
        return ()
    sizes = _sizes(artefacts.file_of(job.package))
    return tuple(
        PublishedFile(name, title, purpose, sizes[name])
        for name, (title, purpose) in OFFERED.items()
        if name in sizes
    )  # fmt: skip


def read(job: Job, name: str) -> bytes:
    """Raises KeyError for what is not offered or not in the archive."""
    if name not in OFFERED or job.package is None:
        raise KeyError(name)
    path = artefacts.file_of(job.package)
    with zipfile.ZipFile(path) as archive:
        return archive.read(_members(path)[name])


def sources_of(revision: DesignRevision) -> bytes:
    """What draws this revision, as a ZIP: of one in code what draws all of those; of one from the studio its own folder beside
    that, of which its script makes use."""
    if revision.origin == DesignRevision.Origin.CODE:
        return source_archive()
    folder = folder_of(revision)
    files = {"LISEZ-MOI.txt": _READ_ME_OF_THE_STUDIO.format(design=revision.design).encode()}
    files |= _library(drawing_files(folder.content.sources.values()))
    return _zipped(files | {f"{revision.design}/{name}": data for name, data in write(folder).items()})


@cache
def source_archive() -> bytes:
    """The drawings themselves, as a ZIP: what draws the models in code, with its licences. The same bytes for the same files."""
    return _zipped({"LISEZ-MOI.txt": _READ_ME.encode()} | _library(drawing_files()))


def _library(files: Iterable[Path]) -> dict[str, bytes]:
    root = Path(designs.__file__).resolve().parents[1]
    licences = sorted((root / "LICENSES").glob("*.txt"))
    return {file.resolve().relative_to(root).as_posix(): file.read_bytes() for file in (*files, *licences)}


def _zipped(texts: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            member = zipfile.ZipInfo(f"treteau/{name}")  # of 1980, on any day
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(member, text)
    return content.getvalue()


@lru_cache(maxsize=32)
def _members(path: Path) -> dict[str, str]:
    """Name → member, in whatever folder the archive has them. Archives are named by their content, so they never change."""
    with zipfile.ZipFile(path) as archive:
        return {name.split("/", 1)[-1]: name for name in archive.namelist()}


@lru_cache(maxsize=32)
def _sizes(path: Path) -> dict[str, int]:
    members = _members(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.getinfo(member).file_size for name, member in members.items()}
