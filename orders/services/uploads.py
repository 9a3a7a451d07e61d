# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody sends: judged by its content, never by its name. A PDF is kept byte by byte, since an electronic signature
holds only for its own bytes; a picture is drawn again, without what a telephone hides in it (place, day, owner)."""

from __future__ import annotations

import io
import logging
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from designs.typography import listed, spaced
from orders.life.errors import RefusedError

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

#: Bytes: an office's scanner makes 1 MB of a page, a telephone 3 to 12 MB of a photo.
MOST_BYTES = {"pdf": 10_000_000, "image": 15_000_000}
MOST_PAGES = 200
#: What a good telephone takes; more would fill the memory when it is opened.
MOST_PIXELS = 64_000_000
#: Longest side of a picture that is kept: an A4 page at 300 dots an inch is 3508.
LONGEST_PIXELS = 3_600
_QUALITY = 85
# It says each fault of a file that somebody made to have a million of them.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
_LONGEST_NAME = 120


class Kind(StrEnum):
    PDF = "pdf"
    IMAGE = "image"


#: What a form's file field may ask the browser for; Safari makes a JPEG of a HEIC for it.
ACCEPT = {Kind.PDF: "application/pdf,.pdf", Kind.IMAGE: "image/jpeg,image/png,image/webp"}
_WORDS = {Kind.PDF: "un PDF", Kind.IMAGE: "une photo (JPEG, PNG ou WebP)"}


@dataclass(frozen=True)
class Judged:
    """Bytes that may be kept, of a type that was seen in them, under a name that is safe to show."""

    content: bytes
    content_type: str
    suffix: str
    name: str


def read_upload(file: UploadedFile | None, kinds: Collection[Kind]) -> bytes:
    """At most a byte more than is allowed: ``judge`` refuses the rest without reading it. Empty where nothing was sent."""
    return file.read(max(MOST_BYTES[kind] for kind in kinds) + 1) if file is not None else b""


def judge(content: bytes, name: str, kinds: Collection[Kind], field: str = "file") -> Judged:
    """Raises RefusedError with ``field``: empty, of another kind, too large, not readable."""
    if not content:
        raise RefusedError("nothing was sent", "Choisissez un fichier\N{NO-BREAK SPACE}: celui-ci est vide.", field)
    kind = _kind_of(content)
    if kind is None or kind not in kinds:
        wanted = listed([_WORDS[kind] for kind in Kind if kind in kinds]).replace(" et ", " ou ")
        hint = " Votre téléphone a fait une photo HEIC : choisissez le format JPEG dans ses réglages." * _is_heic(
            content
        )
        raise RefusedError(
            f"neither of {sorted(map(str, kinds))}: begins with {content[:8]!r}",
            spaced(f"Ce fichier n’est pas du type attendu : envoyez {wanted}.{hint}"),
            field,
        )
    most = MOST_BYTES[kind]
    if len(content) > most:
        raise RefusedError(
            f"more than {most} bytes",
            spaced(f"Ce fichier est trop lourd : {most // 1_000_000}\N{NO-BREAK SPACE}Mo au plus."),
            field,
        )
    if kind is Kind.PDF:
        _look_at_pdf(content, field)
        return Judged(content, "application/pdf", ".pdf", clean_name(name, ".pdf"))
    return Judged(_redrawn(content, field), "image/jpeg", ".jpg", clean_name(name, ".jpg"))


def clean_name(name: str, suffix: str) -> str:
    """The last part of what a browser called it, printable, bounded, with the suffix of what it really is."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    kept = "".join(c if c.isprintable() and c not in '<>:"|?*%;/' else " " for c in stem)
    return (" ".join(kept.split()).strip(" .")[:_LONGEST_NAME].strip() or "document") + suffix


def _kind_of(content: bytes) -> Kind | None:
    # A PDF may have some bytes of a mail or a scanner before its first line: its own specification says 1024.
    if b"%PDF-" in content[:1024]:
        return Kind.PDF
    if content[:3] == b"\xff\xd8\xff" or content[:8] == b"\x89PNG\r\n\x1a\n":
        return Kind.IMAGE
    return Kind.IMAGE if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _is_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1")


def _look_at_pdf(content: bytes, field: str) -> None:
    """Can it be opened, by anybody, and is it a paper of some pages? A file that was cut off while it was sent has no
    table of its pages at its end."""
    from pypdf import PdfReader

    try:
        if b"%%EOF" not in content[-2048:]:
            raise ValueError("cut off")
        reader = PdfReader(io.BytesIO(content))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
        if pages:
            _ = reader.pages[0].mediabox
    except Exception as error:  # a broken file may break the reader anywhere
        raise RefusedError(
            f"pypdf can't read it: {type(error).__name__}",
            "Ce PDF ne s’ouvre pas\N{NO-BREAK SPACE}: il est abîmé ou incomplet. Enregistrez-le ou scannez-le de nouveau.",
            field,
        ) from error
    if locked:
        raise RefusedError(
            "encrypted",
            "Ce PDF est protégé par un mot de passe\N{NO-BREAK SPACE}: envoyez-le sans protection.",
            field,
        )
    if not 1 <= pages <= MOST_PAGES:
        raise RefusedError(
            f"{pages} pages", f"Ce PDF a {pages} pages\N{NO-BREAK SPACE}: de une à {MOST_PAGES} sont attendues.", field
        )


def _redrawn(content: bytes, field: str) -> bytes:
    """A JPEG of the same picture, the right way up, at most ``LONGEST_PIXELS`` a side, with nothing but its pixels."""
    from PIL import Image, ImageOps

    try:
        image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError("too many pixels")
        # Of a JPEG, read no more than is kept.
        image.draft("RGB", (LONGEST_PIXELS, LONGEST_PIXELS))
        image.load()
        drawn: Image.Image = image if image.mode in ("RGB", "RGBA", "L") else image.convert("RGBA")
        drawn.thumbnail((LONGEST_PIXELS, LONGEST_PIXELS))
        drawn = ImageOps.exif_transpose(drawn)
        # On white paper, where it lets through; and a bare copy, since Pillow would hand on what the file said of itself.
        bare = Image.new("RGB", drawn.size, "white")
        bare.paste(drawn, mask=drawn.getchannel("A") if drawn.mode == "RGBA" else None)
        out = io.BytesIO()
        bare.save(out, "JPEG", quality=_QUALITY, optimize=True)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedError(
            "too many pixels",
            spaced(f"Cette image est trop grande : {MOST_PIXELS // 1_000_000} millions de points au plus."),
            field,
        ) from error
    except Exception as error:  # a broken file may break the reader anywhere
        raise RefusedError(
            f"Pillow can't read it: {type(error).__name__}",
            "Cette image ne s’ouvre pas\N{NO-BREAK SPACE}: elle est abîmée ou incomplète. Envoyez-la de nouveau.",
            field,
        ) from error
    return out.getvalue()
