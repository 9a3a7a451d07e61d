# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person: an e-mail address that nobody else has, a name, a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """E-mail addresses are kept in small letters: nobody remembers how they once wrote theirs."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Without a password, nobody can sign in with one. Raises ValueError without an address."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Its address counts as confirmed: who types it on the server keeps the site."""
        from allauth.account.models import EmailAddress

        user = self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractUser):
    """A person; what it may do is said by its memberships, not here. The e-mail address is the login."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(
        "adresse électronique", unique=True, error_messages={"unique": "Un compte existe déjà avec cette adresse."}
    )
    #: Made by the demonstration, with a password that everybody knows: can't sign in anywhere else.
    is_demo = models.BooleanField("démonstration", default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_an_address",
                violation_error_message="Un compte existe déjà avec cette adresse.",
            )
        ]

    def __str__(self) -> str:
        return self.shown_name

    def clean(self) -> None:
        """The administration's forms come through here; allauth writes in small letters by itself."""
        super().clean()
        self.email = self.email.lower()

    @property
    def shown_name(self) -> str:
        """ "Camille Roux", or the address where there is no name."""
        return self.get_full_name() or self.email

    @property
    def short_name(self) -> str:
        """ "Camille R.": enough for a colleague, little for a stranger; no address in it."""
        initial = f" {self.last_name[0]}." if self.last_name else ""
        return f"{self.first_name}{initial}".strip() or "une personne sans nom affiché"
