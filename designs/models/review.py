# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The step of Wagtail's workflow at which a model is read by somebody who did not draw it."""

from __future__ import annotations

from typing import Any

from wagtail.models import AbstractGroupApprovalTask


class ModelReview(AbstractGroupApprovalTask):  # type: ignore[misc]
    """As Wagtail's approval by groups; coordinators are in all of them, and authors approve nothing of their own."""

    class Meta:
        verbose_name = "relecture d’un modèle"
        verbose_name_plural = "relectures de modèles"

    def _user_in_groups(self, user: Any) -> bool:
        from designs.services.roles import is_reviewer

        return is_reviewer(user) or bool(super()._user_in_groups(user))

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        from designs.services.approvals import is_author

        actions = super().get_actions(obj, user)
        return [action for action in actions if action[0] != "approve"] if is_author(obj, user) else actions

    @classmethod
    def get_description(cls) -> str:
        return "Une personne qui relit les modèles, et qui n’a pas travaillé à celui-ci, l’approuve."
