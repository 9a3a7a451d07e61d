# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What allauth asks of this site: its words, its messages' way out, who may come in."""

from __future__ import annotations

import ipaddress
import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.backends import AccountBackend
from accounts.models import User

log = logging.getLogger(__name__)

_WAIT = "Trop d’essais en peu de temps : attendez quelques minutes, puis réessayez."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Ce compte est fermé.",
        "cannot_remove_primary_email": "Votre adresse principale ne peut pas être retirée.",
        "duplicate_email": "Cette adresse est déjà celle de votre compte.",
        "email_password_mismatch": "L’adresse ou le mot de passe n’est pas le bon.",
        "email_taken": "Un compte existe déjà avec cette adresse.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "incorrect_code": "Ce code n’est pas le bon.",
        "incorrect_password": "Ce n’est pas votre mot de passe.",
        "invalid_or_expired_key": "Ce lien n’est plus valable.",
        "invalid_login": "L’adresse ou le mot de passe n’est pas le bon.",
        "invalid_password_reset": "Ce lien n’est plus valable.",
        "max_email_addresses": "Un compte a %d adresses au plus.",
        "too_many_login_attempts": _WAIT,
        "unknown_email": "Aucun compte n’a cette adresse.",
        "unverified_primary_email": "Confirmez d’abord votre adresse principale.",
        "same_as_current": "Indiquez autre chose que la valeur actuelle.",
        "rate_limited": _WAIT,
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where somebody asks from, as tries and questions are counted: an IPv4 address, or the network of 2⁶⁴ addresses that an
        IPv6 customer has to choose from."""
        place = ipaddress.ip_address(super().get_client_ip(request))
        if isinstance(place, ipaddress.IPv4Address) or place.ipv4_mapped:
            return str(getattr(place, "ipv4_mapped", None) or place)
        return str(ipaddress.IPv6Network((place, 64), strict=False).network_address)

    def send_mail(self, template_prefix: str, email: str, context_of_mail: dict[str, Any]) -> None:
        """A mail server that is away never breaks a page: the person is told, and can ask again."""
        person = context_of_mail.get("user") or getattr(context.request, "user", None)
        words = {"site_name": settings.WAGTAIL_SITE_NAME, "person": person}
        try:
            super().send_mail(template_prefix, email, {**words, **context_of_mail})
        except (SMTPException, OSError):
            log.exception("the message %s could not be sent", template_prefix)
            messages.error(
                context.request, "Le message n’a pas pu être envoyé. Réessayez dans quelques minutes, s’il vous plaît."
            )

    def pre_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse | None:
        """The right password is not enough where the account can't be used."""
        if not AccountBackend().user_can_authenticate(user):
            from allauth.account.internal.stagekit import clear_login

            clear_login(request)
            refused: HttpResponse = self.respond_user_inactive(request, user)
            return refused
        answer: HttpResponse | None = super().pre_login(request, user, **more)
        return answer


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": "Retirez d’abord le second facteur : une adresse ne s’ajoute pas tant qu’il est actif.",
        "cannot_delete_authenticator": "Le second facteur ne peut pas être retiré de ce compte.",
        "cannot_generate_recovery_codes": "Les codes de secours accompagnent un second facteur : activez-le d’abord.",
        "incorrect_code": "Ce code n’est pas le bon : celui du téléphone change toutes les trente secondes, un code de "
        "secours ne sert qu’une fois.",
        "unverified_email": "Confirmez d’abord toutes les adresses de votre compte.",
    }
