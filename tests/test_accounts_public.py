# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every address of the site either stands on the list of public ones, or sends a stranger to the sign-in page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cms.security import LoginRequired
from tests.people import PASSWORD, make_coordinator, make_person

#: Views that anybody may see, by the name of their address; without a name by the address itself. A view that is added
#: to the site and is meant for all is added here, with its decorator ``login_not_required``.
PUBLIC = {
    "favicon.ico", "robots.txt", "gestion/login/", "_util/login/",
    "models", "model", "model-file", "model-source", "model-picture", "configure", "needs-state", "preview-state", "preview-view", "part-drawing", "preview-picture",
    # Who has the random address of a job has its files.
    "job", "job-state", "part-again", "better-layout", "job-measured", "relaid", "remark", "job-sheet", "job-archive", "job-file",
    # Editors' pages and documents; Wagtail itself keeps those that were shut away.
    "wagtail_serve", "wagtaildocs_serve", "wagtailcore_authenticate_with_password",
    "wagtaildocs_authenticate_with_password",
    # The way in.
    "account_login", "account_logout", "account_signup", "account_inactive", "account_email_verification_sent",
    "account_confirm_email", "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "mfa_authenticate", "invitation",
    # The administration's API asks for a login by itself (see below).
    "listing", "detail", "find", "action",
    # Behind our own page at the same address.
    "wagtailadmin_login", "wagtailcore_login",
    # Where furniture is made, and which workshops there are.
    "communes", "workshops", "workshop", "workshops-data", "ranking", "ranking-csv", "ranking-pdf",
    # Who holds a piece reads its passport.
    "passport", "passport-notice", "passport-code", "passport-part", "passport-part-file", "passport-part-picture",
    "eligibility",
    # What may be ordered, and until when.
    "campaigns", "campaign",
    # Who has the token of a letter stops its like.
    "notices-stop",
    # Meetings: for all, and for who has the random address of a registration.
    "meeting-calendar", "registration", "registration-calendar",
    # What editors uploaded.
    "media", "video",
    # What became of it, in figures.
    "figures", "open-data", "open-data-file",
    # How a model is drawn, and what is published as a folder.
    "design-guide", "design-guide-table", "model-folder",
    # What finds and names all of this.
    "site-search", "search-suggestions", "sitemap", "site-map", "news-feed",
    "api-page", "api-schema", "api-nothing", "api-models", "api-model", "api-preview", "api-workshops", "api-workshop",
    "api-campaigns", "api-campaign", "api-communes", "api-eligibility", "api-statistics",
}  # fmt: skip


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, address)
        else:
            yield address, entry


ALL = list(_patterns(get_resolver()))


def _asks_for_a_login(view: Callable[..., HttpResponse]) -> bool:
    """As the site's own middleware decides for a stranger."""
    request = RequestFactory().get("/quelque-part/")
    request.user = AnonymousUser()
    answer = LoginRequired(lambda _: HttpResponse()).process_view(request, view, (), {})
    if answer is None:
        return False
    # Wagtail's own door leads to ours: the tests below go through it.
    assert answer.status_code == 302 and answer["Location"].removesuffix("?next=/quelque-part/") in (
        "/compte/connexion/", "/gestion/login/",
    )  # fmt: skip
    return True


def test_every_address_is_public_by_name_or_asks_for_a_login() -> None:
    assert len(ALL) > 200  # the administration's are among them
    open_ones = {pattern.name or address for address, pattern in ALL if not _asks_for_a_login(pattern.callback)}
    assert open_ones - PUBLIC == set(), "public, but not on the list of this file"


def test_what_is_on_the_list_and_exists_is_public() -> None:
    shut = {pattern.name or address for address, pattern in ALL if _asks_for_a_login(pattern.callback)}
    assert shut & PUBLIC == set(), "on the list, but without login_not_required"


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_sign_in_page_and_back(client: Client) -> None:
    for name, arguments in [
        ("workplace", ()), ("own-name", ()), ("organisation-new", ()), ("organisation", (1,)), ("organisations", ()),
        ("organisation-edit", (1,)), ("account_email", ()), ("account_change_password", ()), ("mfa_index", ()),
        ("mfa_activate_totp", ()), ("wagtailadmin_home", ()),
    ]:  # fmt: skip
        path = reverse(name, args=arguments)
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/compte/connexion/?next={path}"), name
    for path in (
        reverse("invite", args=[1]),
        reverse("member-change", args=[1, "retirer"]),
        reverse("invitation-answer", args=[1, "accepter"]),
    ):
        assert client.post(path)["Location"].startswith("/compte/connexion/")
    assert not client.cookies


@pytest.mark.django_db
def test_the_administration_has_no_door_of_its_own(client: Client) -> None:
    keeper = make_person("garde@example.org", is_staff=True, is_superuser=True)
    for path in ("/gestion/login/", "/_util/login/"):
        answer = client.post(path, {"username": keeper.email, "password": PASSWORD})
        assert answer.status_code in (302, 405) and "_auth_user_id" not in client.session
        assert client.get(path, follow=True).redirect_chain[0][0].startswith("/compte/connexion/")
    # Not a password reset either: its link would sign in without the second factor.
    mail.outbox.clear()
    for path in ("/gestion/password_reset/", "/gestion/password_reset/confirm/MQ/x-y/"):
        answer = client.post(path, {"email": keeper.email})
        assert answer.status_code == 302 and answer["Location"].startswith("/compte/connexion/")
    client.force_login(keeper)
    assert client.get("/gestion/password_reset/").status_code == 404 and mail.outbox == []


@pytest.mark.django_db
def test_the_api_of_the_administration_is_the_editors_own(client: Client) -> None:
    named = [address for address, pattern in ALL if pattern.name in ("listing", "detail", "find", "action")]
    assert named and all(address.startswith("gestion/api/") for address in named)
    for path in ("pages/", "pages/1/", "pages/find/?id=1", "images/", "documents/"):
        assert client.get(f"/gestion/api/main/{path}").status_code == 302
    client.force_login(make_person("a@example.org"))
    assert client.get("/gestion/api/main/pages/").status_code == 404


@pytest.mark.django_db
def test_for_people_who_do_not_edit_there_is_no_administration(client: Client) -> None:
    for user in (make_person("a@example.org"), make_coordinator()):
        client.force_login(user)
        for path in ("/gestion/", "/gestion/pages/", "/gestion/users/"):
            assert client.get(path).status_code == 404, path
    client.force_login(make_person("garde@example.org", is_staff=True, is_superuser=True))
    assert client.get("/gestion/users/").status_code == 200
