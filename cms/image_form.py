# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of an uploaded picture."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from PIL import ImageFile
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm


class WholeImageField(WagtailImageField):  # type: ignore[misc]  # Wagtail has no types
    def to_python(self, data: Any) -> Any:
        """Raises ValidationError for a picture that ends too early: libraries each raise what they like."""
        # WeasyPrint, once some page of this process has made a PDF, lets every picture end too early.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            return super().to_python(data)
        except ValidationError:
            raise
        except Exception as error:
            raise ValidationError(
                "Cette image est abîmée ou incomplète : enregistrez-la à nouveau, puis déposez-la.",
                code="invalid_image",
            ) from error


class SiteImageForm(BaseImageForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if "file" in self.fields:
            file = self.fields["file"]
            self.fields["file"] = WholeImageField(label=file.label, required=file.required, widget=file.widget)
