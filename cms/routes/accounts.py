# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""People: signing up and in, organisations, invitations; each person's own place.

allauth's views under French addresses, with allauth's names, which its own code asks for. Where the settings switch
ProConnect on, its addresses stand beside (proconnect.py)."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from cms.views.accounts import invitations, members, organisations, proconnect, proofs, workplace

_ACCOUNT: list[URLPattern | URLResolver] = [
    path("connexion/", account.login, name="account_login"),
    path("deconnexion/", proconnect.sign_out, name="account_logout"),
    path("ferme/", account.account_inactive, name="account_inactive"),
    path("inscription/", account.signup, name="account_signup"),
    path("adresses/", account.email, name="account_email"),
    path("confirmation/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirmation/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
    path("verification/", account.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/", account.password_change, name="account_change_password"),
    path("mot-de-passe/premier/", account.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", account.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mot-de-passe/oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/change/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("second-facteur/", factor.index, name="mfa_index"),
    path("second-facteur/code/", factor.authenticate, name="mfa_authenticate"),
    path("second-facteur/verification/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("second-facteur/activer/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-facteur/retirer/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-facteur/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-facteur/codes/nouveaux/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-facteur/codes/fichier/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("compte/", include(_ACCOUNT)),
    path("espace/", workplace.workplace, name="workplace"),
    path("espace/nom/", workplace.own_name, name="own-name"),
    path("espace/organisations/nouvelle/", organisations.new_organisation, name="organisation-new"),
    path("espace/organisations/<int:pk>/", organisations.organisation_page, name="organisation"),
    path("espace/organisations/<int:pk>/modifier/", organisations.edit_organisation, name="organisation-edit"),
    path("espace/organisations/<int:pk>/siret/", proofs.check, name="organisation-check-siret"),
    path("espace/organisations/<int:pk>/inviter/", invitations.invite, name="invite"),
    path("espace/membres/<int:pk>/<slug:action>/", members.change_member, name="member-change"),
    path("espace/invitations/<int:pk>/<slug:action>/", invitations.change_invitation, name="invitation-change"),
    path("espace/reponses/<int:pk>/<slug:answer>/", invitations.answer_invitation, name="invitation-answer"),
    path("invitations/<str:token>/", invitations.invitation_page, name="invitation"),
    path("coordination/organisations/", organisations.organisations_page, name="organisations"),
]
if settings.TRETEAU_PROCONNECT:
    urlpatterns += [path("", include("cms.routes.proconnect"))]
