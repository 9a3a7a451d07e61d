# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where messages go, and what becomes of accounts from the time when they had a user name."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.settings.environment import mail
from tests.running import Installation


def test_without_a_mail_server_messages_lie_in_a_folder(tmp_path: Path) -> None:
    assert mail("", tmp_path) == {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": tmp_path,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl", "user", "password"),
    [
        ("smtp://moi:s%40cret@mail.example:2525", 2525, True, False, "moi", "s@cret"),
        ("smtp://mail.example", 587, True, False, "", ""),
        ("smtps://moi:x@mail.example", 465, False, True, "moi", "x"),
        ("smtp-plain://mail.example", 25, False, False, "", ""),
    ],
)
def test_a_mail_server_is_one_address(url: str, port: int, tls: bool, ssl: bool, user: str, password: str) -> None:
    settings = mail(url, Path("unused"))
    assert settings["EMAIL_HOST"] == "mail.example" and settings["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    names = ("PORT", "USE_TLS", "USE_SSL", "HOST_USER", "HOST_PASSWORD")
    assert [settings[f"EMAIL_{name}"] for name in names] == [port, tls, ssl, user, password]


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp:mail.example"])
def test_a_mail_server_that_is_none_stops_the_start(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TRETEAU_MAIL_URL"):
        mail(url, Path("unused"))


def test_accounts_with_user_names_keep_one_address_each(tmp_path: Path) -> None:
    """Who signed in last keeps a shared address; an empty one leads nowhere; the keeper's is confirmed."""
    site = Installation(tmp_path)
    site.run("manage.py", "migrate", "accounts", "0002", "--verbosity", "0", "--skip-checks")
    rows = [  # user name, address, last login, superuser
        ("maud", "Maud@Example.org", "2026-01-01", 0), ("maud2", "maud@example.ORG", "2026-02-01", 0),
        ("garde", "Garde@Example.org", None, 1), ("vide", "", None, 0), ("Noé@x", " ", None, 0),
    ]  # fmt: skip
    with contextlib.closing(sqlite3.connect(tmp_path / "var" / "treteau.sqlite3")) as connection, connection:
        connection.executemany(
            "INSERT INTO accounts_user (username, email, last_login, is_superuser, password, first_name, last_name, "
            "is_staff, is_active, date_joined) VALUES (?, ?, ?, ?, 'x', '', '', 0, 1, '2025-01-01')",
            rows,
        )
    site.run("manage.py", "migrate", "accounts", "--verbosity", "0", "--skip-checks")
    assert site.rows("SELECT email FROM accounts_user ORDER BY id") == [
        ("compte-1.maud@sans-adresse.invalid",), ("maud@example.org",), ("garde@example.org",),
        ("compte-4.vide@sans-adresse.invalid",), ("compte-5.noé.x@sans-adresse.invalid",),
    ]  # fmt: skip
    assert site.rows("SELECT email, verified FROM account_emailaddress") == [("garde@example.org", 1)]
    with pytest.raises(sqlite3.OperationalError):
        site.rows("SELECT username FROM accounts_user")


def test_a_site_for_everybody_does_not_start_without_a_mail_server(tmp_path: Path) -> None:
    known = {"TRETEAU_SECRET_KEY": "x" * 60, "TRETEAU_HOSTS": "treteau.example,www.treteau.example"}
    code = "from cms.settings import production as p; print(p.DEFAULT_FROM_EMAIL, p.EMAIL_HOST, p.TRETEAU_DEMO)"
    with pytest.raises(AssertionError, match="TRETEAU_MAIL_URL is needed"):
        Installation(tmp_path, **known).run("-c", code)
    said = Installation(tmp_path, **known, TRETEAU_MAIL_URL="smtps://mail.example").run("-c", code)
    assert said.strip() == "Tréteau <ne-pas-repondre@treteau.example> mail.example False"
