# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tests of makers' pages share: what a browser would send back."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.test import Client


def site(path: str = "", slug: str = "copeaux") -> str:
    return f"/espace/fabricant/ateliers/{slug}/{path}"


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def seen_on(client: Client, address: str) -> str:
    found = re.search(r'name="vu" value="([0-9a-f]*)"', text_of(client.get(address)))
    assert found, address
    return found[1]


def filled(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send back of a page's main form, unchanged."""

    class Form(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.forms: list[dict[str, Any]] = []
            self.form: dict[str, Any] = {}
            self.select = self.area = ""

        def handle_starttag(self, tag: str, given: Any) -> None:
            found = {name: value or "" for name, value in given}
            if tag == "form":
                self.form = {}
                self.forms.append(self.form)
            elif tag == "input" and "name" in found:
                if found.get("type") in ("radio", "checkbox"):
                    if "checked" in found:
                        many = found["name"] in self.form
                        value = found.get("value", "on")
                        self.form[found["name"]] = [*self.form[found["name"]], value] if many else [value]
                else:
                    self.form[found["name"]] = found.get("value", "")
            elif tag == "select":
                self.select = found["name"]
            elif tag == "option" and self.select and ("selected" in found or self.select not in self.form):
                self.form[self.select] = found.get("value", "")
            elif tag == "textarea":
                self.area = found["name"]
                self.form[self.area] = ""

        def handle_endtag(self, tag: str) -> None:
            if tag == "select":
                self.select = ""
            if tag == "textarea":
                self.form[self.area] = self.form[self.area].removeprefix("\n")
                self.area = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.form[self.area] += data

    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    parser = Form()
    parser.feed(answer.content.decode())
    found = next(form for form in parser.forms if "vu" in form)
    found.pop("csrfmiddlewaretoken", None)
    return found
