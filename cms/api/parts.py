# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists in parts, and what an address may ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest
from pydantic import Field

from cms.findable.addresses import absolute

#: Entries of a part: unless said otherwise, and at most.
USUAL, MOST = 50, 100
PageNumber = Annotated[int, Field(ge=1, le=100_000, description="Page de la liste, à partir de 1.")]
PageSize = Annotated[int, Field(ge=1, le=MOST, description=f"Éléments par page, {MOST} au plus.")]


def part_of(request: HttpRequest, rows: Any, page: int, page_size: int, shaped: Callable[[Any], Any]) -> dict[str, Any]:
    """``rows``: a list or an ordered query. Beyond the last page there is an empty one, so that who counts on stops."""
    paginator = Paginator(rows, page_size)
    entries: Sequence[Any] = paginator.page(page).object_list if page <= paginator.num_pages else []
    return {
        "items": [shaped(row) for row in entries],
        "total": paginator.count,
        "page": page,
        "pages": paginator.num_pages,
        "next": _address(request, page + 1) if page < paginator.num_pages else None,
        "previous": _address(request, min(page - 1, paginator.num_pages)) if page > 1 else None,
    }


def _address(request: HttpRequest, page: int) -> str:
    query = {name: value for name, value in request.GET.items() if name != "page"} | {"page": str(page)}
    return absolute(f"{request.path}?{urlencode(query)}")
