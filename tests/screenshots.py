# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures of the journeys as their tests go along: `make screenshots` keeps them in docs/screenshots; a plain run takes none."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Bytes of one picture: they are kept in the repository.
LARGEST = 60_000


def shoot(page: Page, name: str, at: str = "") -> None:
    """What the window shows of the page's beginning, or from the selector ``at`` on, as ``name``.webp."""
    folder = os.environ.get("TRETEAU_SCREENSHOTS")
    if not folder:
        return
    from PIL import Image

    page.evaluate("at => at ? document.querySelector(at).scrollIntoView() : window.scrollTo(0, 0)", at)
    page.wait_for_timeout(800)  # what is fading in or out
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for quality in (80, 65, 50, 35):
            file = io.BytesIO()
            picture.convert("RGB").save(file, "WEBP", quality=quality, method=6)
            if file.tell() <= LARGEST:
                break
        (Path(folder) / f"{name}.webp").write_bytes(file.getvalue())
