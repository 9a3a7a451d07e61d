# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures that editors uploaded, in the sizes that pages show, and videos, which players ask for in parts. Other documents have
Wagtail's own address, which asks who may see them."""

from __future__ import annotations

import re
from typing import BinaryIO

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.documents import get_document_model

from cms.blocks.pictures import VIDEO_TYPES

#: Folders of MEDIA_ROOT that hold pictures and nothing else.
_PICTURES = ("images", "original_images")
#: A rendition's name changes with the picture and its focal point, so it is kept for long.
_KEPT = f"public, max-age={30 * 24 * 3600}"
#: Wagtail puts pictures beside each other: a name holds no folder, and begins with no dot.
_NAME = re.compile(r"[\w-][\w.-]*")
_PART = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_PIECE = 64 * 1024  # bytes read at once


@login_not_required
@require_safe
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    folder, _, name = path.partition("/")
    if folder not in _PICTURES or not _NAME.fullmatch(name):
        raise Http404("no picture lies there")
    try:
        answer = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except OSError as error:  # longer than names of files may be
        raise Http404("no picture lies there") from error
    answer.headers["Cache-Control"] = _KEPT
    # Whatever a file that calls itself a picture holds, it does nothing here.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@login_not_required
@require_safe
def video(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The whole file, or the part that was asked for (RFC 9110, 14.2): without parts some players don't play at all."""
    document = get_document_model().objects.filter(pk=pk).select_related("collection").first() if pk < 2**31 else None
    kind = VIDEO_TYPES.get(document.file_extension.lower()) if document else None
    if document is None or kind is None or document.collection.get_view_restrictions().exists():
        raise Http404("no video has this number")
    try:
        file, size = document.file.open("rb"), document.file.size
    except OSError as error:
        raise Http404("the video's file is gone") from error
    part = _asked(request.headers.get("Range", ""), size)
    if part is None:
        answer: HttpResponseBase = FileResponse(file, content_type=kind)
        answer.headers["Content-Length"] = str(size)
    elif part[0] > part[1]:
        file.close()
        answer = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        first, last = part
        file.seek(first)
        answer = FileResponse(_Part(file, last - first + 1), status=206, content_type=kind)
        answer.headers["Content-Length"] = str(last - first + 1)
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _asked(header: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte; None for the whole file (several parts at once, too); first > last if no byte is there."""
    found = _PART.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), (size - 1 if int(found[2]) else -1)
    return int(found[1]), min(int(found[2]) if found[2] else size - 1, size - 1)


class _Part:
    """The next ``length`` bytes of a file, as FileResponse reads them."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file, self._left = file, length

    def read(self, count: int = _PIECE) -> bytes:
        piece = self._file.read(min(count if count > 0 else _PIECE, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()
