# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""In by ProConnect and out again, in a real browser with the site's real policy: what it may follow is the browser's to say."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

from accounts.models import SiretEvidence, User
from tests.proconnect_federation import URLS, provider, registration

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls(URLS),
]


def test_in_and_out_again_without_a_script(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from playwright.sync_api import expect, sync_playwright

    # The database is the server thread's; here it is closed and emptied while the browser's loop has just ended.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    complaints: list[str] = []
    with provider(live_server.url) as issuer, sync_playwright() as playwright:
        settings.TRETEAU_PROCONNECT = registration(issuer)
        settings.LOGOUT_REDIRECT_URL = "/compte/inscription/"  # the home page is an editor's: there is none here
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(locale="fr-FR", base_url=live_server.url, java_script_enabled=False)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on(
            "console", lambda message: complaints.append(f"{message.type} {message.text} {message.location['url']}")
        )
        page.goto("/compte/connexion/")
        page.get_by_role("link", name="Se connecter avec ProConnect").click()
        page.get_by_role("button", name="maud", exact=True).click()
        expect(page.get_by_role("heading", name="Mon espace")).to_be_visible()
        expect(page.get_by_text("selon ProConnect")).to_be_visible()
        # One click here; the page in between goes on by itself.
        page.get_by_role("button", name="Se déconnecter").click()
        page.get_by_role("button", name="Oui").click()
        expect(page.get_by_text("Vous êtes déconnecté, de ProConnect aussi")).to_be_visible()
        assert page.url == f"{live_server.url}/compte/inscription/"
        page.goto("/compte/connexion/")
        page.get_by_role("link", name="Se connecter avec ProConnect").click()
        expect(page.get_by_role("button", name="noe", exact=True)).to_be_visible()  # asked again who it is
        browser.close()
    assert User.objects.get().email == "maud.lhote@vezac.example" and SiretEvidence.objects.count() == 1
    assert [text for text in complaints if text.startswith("error") and live_server.url in text] == []
