# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether a page leaves its text the room it needs: narrow, enlarged to 200 %, and set as wide as its reader wants it.

WCAG 2.2: 1.4.10 (320 px wide), 1.4.4 (a window of 1280 px at 200 % is one of 640), 1.4.12 (text spacing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Nothing stands beside the window.
_WIDER = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > wide + 1);
  return [`wider, ${document.documentElement.scrollWidth} px: ` +
    out.slice(-3).map((e) => e.outerHTML.slice(0, 120)).join(" | ")];
}"""
#: What criterion 1.4.12 names. A sheet that is built in the page is none that its security policy keeps out.
_SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }" +
    "p { margin-bottom: 2em !important }");
  document.adoptedStyleSheets = [sheet];
}"""
_AS_IT_WAS = "() => { document.adoptedStyleSheets = []; }"
#: Lines of text that are cut off by a box, or lie on another text's lines. What sticks to the window's edge lies on others by right;
#: what is there for screen readers alone is one pixel wide, and a button that shows a drawing instead of its word is no wider than that.
_CRAMPED = """() => {
  const found = [], lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const boxes = new Map();  // an element → what of it may be seen: null where it stands apart, Infinity all round
  const room = (e) => {
    if (e === document.body) return { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 };
    if (boxes.has(e)) return boxes.get(e);
    const style = getComputedStyle(e), over = room(e.parentElement);
    let here = over;
    if (over === null || ["sticky", "fixed"].includes(style.position)) here = null;
    else if (["hidden", "clip"].includes(style.overflowX) || ["hidden", "clip"].includes(style.overflowY)) {
      const box = e.getBoundingClientRect();
      here = box.width <= 48 || box.height <= 2 ? null : box;
    } else if (["auto", "scroll"].includes(style.overflowX) || ["auto", "scroll"].includes(style.overflowY)) here = null;
    boxes.set(e, here);
    return here;
  };
  for (let node; (node = walker.nextNode()); ) {
    const owner = node.parentElement;
    if (!node.data.trim() || !owner.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (owner.closest("svg, script, style, option, .fr-skiplinks, .leaflet-container")) continue;
    const seen = room(owner);
    if (seen === null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) {
      if (line.width < 2) continue;
      const words = node.data.trim().slice(0, 60);
      if (line.right > seen.right + 2 || line.left < seen.left - 2 || line.bottom > seen.bottom + 6 || line.top < seen.top - 6)
        found.push(`cut off: ${words}`);
      lines.push({ line, words, node });
    }
  }
  lines.sort((a, b) => a.line.top - b.line.top);
  lines.forEach((a, i) => {
    for (let j = i + 1; j < lines.length && lines[j].line.top < a.line.bottom - 6; j++) {
      const b = lines[j].line;
      if (lines[j].node !== a.node && Math.min(a.line.right, b.right) - Math.max(a.line.left, b.left) > 4 &&
          Math.min(a.line.bottom, b.bottom) - b.top > .4 * Math.min(a.line.height, b.height))
        found.push(`one on the other: ${a.words} / ${lines[j].words}`);
    }
  });
  return [...new Set(found)].slice(0, 6);
}"""


def room_faults(page: Page, *, closely: bool) -> list[str]:
    """Sentences. ``closely``: also at 200 %, and with wide text in a window of each width; the window is as before at the end."""
    size = page.viewport_size or {"width": 1280, "height": 900}
    faults: list[str] = []
    for width in (320, 640, 1280) if closely else (320,):
        page.set_viewport_size({"width": width, "height": 640})
        faults += [f"at {width} px {fault}" for fault in page.evaluate(_WIDER)]
        if not closely:
            continue
        faults += [f"at {width} px {fault}" for fault in page.evaluate(_CRAMPED)]
        page.evaluate(_SPACED)
        faults += [f"at {width} px, wide text: {fault}" for fault in page.evaluate(_WIDER) + page.evaluate(_CRAMPED)]
        page.evaluate(_AS_IT_WAS)
    page.set_viewport_size(size)
    return faults
