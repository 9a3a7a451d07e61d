# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""People, organisations, what a person may do for which organisation, and what happened to the records."""

from accounts.models.history import Change
from accounts.models.invitation import Invitation
from accounts.models.notice import MailPace, Notice
from accounts.models.organisation import (
    BUYERS,
    ROLE_OF,
    SELF_SERVICE,
    Membership,
    Organisation,
    Role,
    has_role,
    is_coordinator,
    validate_siren,
    validate_siret,
)
from accounts.models.person import User
from accounts.models.proconnect import EVIDENCE_DAYS, ProConnectIdentity, SiretEvidence

__all__ = [
    "BUYERS",
    "EVIDENCE_DAYS",
    "ROLE_OF",
    "SELF_SERVICE",
    "Change",
    "Invitation",
    "MailPace",
    "Membership",
    "Notice",
    "Organisation",
    "ProConnectIdentity",
    "Role",
    "SiretEvidence",
    "User",
    "has_role",
    "is_coordinator",
    "validate_siren",
    "validate_siret",
]
