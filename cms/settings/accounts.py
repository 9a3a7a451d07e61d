# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts: who may sign in, how, and how often it may be tried (docs/accounts.md). Taken up whole by base.py."""

from __future__ import annotations

import os

from cms.settings.proconnect import proconnect

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workplace"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "cms.account_adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "cms.account_forms.LoginForm",
    "signup": "cms.account_forms.SignupForm",
    "add_email": "cms.account_forms.AddEmailForm",
    "reset_password": "cms.account_forms.ResetPasswordForm",
    "reset_password_from_key": "cms.account_forms.ResetPasswordKeyForm",
    "change_password": "cms.account_forms.ChangePasswordForm",
    "set_password": "cms.account_forms.SetPasswordForm",
    "reauthenticate": "cms.account_forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Says the same whether an address has an account or not; the message to that address tells the difference.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
# In the browser that asked for the account alone; from anywhere else the confirmed person signs in.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None  # asked
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Of an address of the network, and of an account; allauth's own limits hold for what is not named here.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "30/m/ip,5/300s/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "proconnect": "60/m/ip",
    # A town hall has one address of the network for all its people.
    "contact": "6/10m/ip,40/d/ip,5/h/key",
    "registration": "10/10m/ip,100/d/ip,8/h/key",
}

MFA_ADAPTER = "cms.account_adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tréteau"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_RECOVERY_CODE_COUNT = 10
MFA_FORMS = {
    "authenticate": "cms.second_factor_forms.AuthenticateForm",
    "reauthenticate": "cms.second_factor_forms.ReauthenticateForm",
    "activate_totp": "cms.second_factor_forms.ActivateForm",
}

# One door: the administration knows no sign-in, no password and no address of its own, which would pass the second
# factor and the confirmation by.
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/compte/connexion/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False

#: Empty, and then nothing of ProConnect exists on this site (docs/accounts.md).
TRETEAU_PROCONNECT = proconnect(os.environ)

#: Days for which an invitation's link holds.
TRETEAU_INVITATION_DAYS = 14
#: The demonstration's people, whose passwords stand on the sign-in page, exist for demo.py alone.
TRETEAU_DEMO = False
