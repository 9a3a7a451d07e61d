# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked in the hall, at the door, and when something is broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from cms.maker_forms.fields import NumberField, RecordForm
from cms.quantity_field import quantity_field
from cms.views.making.fields import LineField, PhotosField, ReadingsField, WordsField
from cms.views.orders.fields import DayField
from designs.typography import typeset
from fablabs.models import CuttingMachine, StockItem
from orders.models import Claim, OrderLine, Piece
from orders.services.passport_marks import LARGEST_MM, SMALLEST_MM, USUAL_MM
from orders.services.photos import MOST_AT_ONCE
from orders.services.pieces import STAGE_WORDS, WORKSHOP_STAGES, title_of


class PrepareForm(RecordForm):
    """For which machine, with which panel under the calliper."""

    machine = forms.ChoiceField(
        label="Machine",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une machine.", "invalid_choice": "Choisissez une machine de la liste."},
    )
    stock = forms.ChoiceField(
        label="Panneau",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un panneau.", "invalid_choice": "Choisissez un panneau de la liste."},
    )
    thickness_mm = ReadingsField(
        label="Ce que lit votre pied à coulisse, en mm",
        help_text="À quatre endroits loin du bord, l’un après l’autre : « 17,8 17,7 17,8 17,9 ». "
        "Les assemblages sont dessinés pour la plus forte.",
        error_messages={"required": "Mesurez le panneau : tous les assemblages en dépendent."},
    )
    tool_diameter_mm = NumberField(
        label="Diamètre de la fraise",
        unit="mm",
        minimum="0.5",
        maximum="50",
        example="6",
        required=False,
        help_text="La plus large qui servira, mesurée si elle a été réaffûtée. Vide : celles de la fiche de la machine.",
    )
    clearance_mm = NumberField(
        label="Jeu des assemblages",
        unit="mm",
        maximum="2",
        example="0,2",
        required=False,
        help_text="Celui que dit l’éprouvette. Vide : celui de la fiche du panneau.",
    )
    quantity = quantity_field("Combien d’exemplaires")
    keep = forms.BooleanField(label="Garder ces mesures dans la fiche du panneau", required=False)

    def __init__(
        self,
        machines: Sequence[CuttingMachine],
        stock: Sequence[tuple[StockItem, str]],
        most: int,
        data: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        for name, choices in (
            ("machine", [(str(machine.pk), machine.name) for machine in machines]),
            ("stock", [(str(item.pk), words) for item, words in stock]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
            if len(choices) == 1:
                self.initial.setdefault(name, choices[0][0])
        self.initial.setdefault("quantity", most)
        self.fields["quantity"].widget = forms.TextInput(
            attrs=self.fields["quantity"].widget.attrs | {"inputmode": "numeric", "class": "fr-input m-short"}
        )

    def given(self, line: OrderLine) -> dict[str, Any]:
        cleaned = self.cleaned_data
        names = ("thickness_mm", "tool_diameter_mm", "clearance_mm", "quantity")
        found = {name: cleaned[name] for name in names}
        return {"line": line.pk, "machine": int(cleaned["machine"]), "stock": int(cleaned["stock"]), **found}


class StagesForm(RecordForm):
    """How far each piece of a line is."""

    note = WordsField(
        label="Si un exemplaire revient en arrière, pourquoi",
        rows=2,
        required=False,
        help_text="Un montant fendu, un perçage de travers : l’acheteur le lit.",
    )

    def __init__(self, pieces: Iterable[Piece], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.pieces = [piece for piece in pieces if piece.stage in WORKSHOP_STAGES]
        choices = [(stage.value, STAGE_WORDS[stage][0]) for stage in WORKSHOP_STAGES]
        self.fields["all"] = forms.ChoiceField(
            label="Tous ceux qui n’en sont pas encore là",
            required=False,
            choices=[("", "Chacun comme ci-dessus"), *((s.value, STAGE_WORDS[s][1]) for s in WORKSHOP_STAGES[1:])],
            widget=forms.Select(attrs={"class": "fr-select", "aria-describedby": f"{self.add_prefix('all')}-messages"}),
            error_messages={"invalid_choice": "Choisissez l’une des étapes."},
        )
        for piece in self.pieces:
            name = f"etape-{piece.pk}"
            self.fields[name] = forms.ChoiceField(
                label=piece.serial,
                choices=choices,
                widget=forms.Select(
                    attrs={"class": "fr-select", "aria-describedby": f"{self.add_prefix(name)}-messages"}
                ),
                error_messages={
                    "required": "Choisissez une étape.",
                    "invalid_choice": "Choisissez l’une des étapes.",
                },
            )
            self.initial[name] = piece.stage
            # What the page showed: two telephones in one hall note at once.
            self.fields[f"avant-{piece.pk}"] = forms.CharField(required=False, max_length=20)

    def rows(self) -> list[tuple[Piece, forms.BoundField]]:
        return [(piece, self[f"etape-{piece.pk}"]) for piece in self.pieces]

    def shown(self) -> dict[int, str]:
        """Where each piece was on the page that was filled in."""
        return {piece.pk: self.cleaned_data[f"avant-{piece.pk}"] or piece.stage for piece in self.pieces}

    def stages(self) -> dict[int, str]:
        """Of those that were changed on it."""
        shown = self.shown()
        chosen = {piece.pk: self.cleaned_data[f"etape-{piece.pk}"] for piece in self.pieces}
        if every := self.cleaned_data["all"]:
            # Those that nobody changed by hand, and that have files to be cut from.
            reached = WORKSHOP_STAGES.index(Piece.Stage(every))
            chosen |= {
                piece.pk: every
                for piece in self.pieces
                if piece.production_id
                and chosen[piece.pk] == shown[piece.pk]
                and WORKSHOP_STAGES.index(Piece.Stage(piece.stage)) < reached
            }
        return {pk: stage for pk, stage in chosen.items() if stage != shown[pk]}


class ReadingForm(RecordForm):
    """In the address of the page at the bench: what the calliper reads now, and of which line (``ligne``, its position)."""

    lecture = ReadingsField(
        label="Mon pied à coulisse lit, en mm",
        help_text="Le panneau qui est sur la machine, à un ou plusieurs endroits : « 17,8 17,7 ».",
        error_messages={"required": "Écrivez ce que lit le pied à coulisse."},
    )

    def __init__(self, data: Any = None, *, prefix_id: str = "panneau", **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{prefix_id}-%s", **kwargs)
        told = f"{prefix_id}-lecture"
        self.fields["lecture"].widget.attrs |= {
            "aria-describedby": f"{told}-aide {told}-messages",
            "inputmode": "decimal",
            "autocomplete": "off",
            "maxlength": "100",
        }


def _of_pieces(pieces: Iterable[Piece]) -> list[tuple[str, str]]:
    return [(str(piece.pk), f"{piece.serial} – {title_of(piece.line)}") for piece in pieces]


class PhotoForm(RecordForm):
    """A photo of the work."""

    photo = PhotosField(
        label="Photo", help_text="JPEG, PNG ou WebP. Le lieu et l’heure que le téléphone y cache sont effacés."
    )
    caption = LineField(label="Légende (facultatif)", most=200)
    piece = forms.ChoiceField(
        label="Exemplaire", required=False, error_messages={"invalid_choice": "Choisissez un exemplaire de la liste."}
    )

    def __init__(self, pieces: Iterable[Piece], data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        field = self.fields["piece"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Toute la commande"), *_of_pieces(pieces)]
        self.fields["photo"].widget.attrs.pop("multiple", None)

    def given(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "photo": cleaned["photo"][0],
            "caption": cleaned["caption"],
            "piece": int(cleaned["piece"]) if cleaned["piece"] else None,
        }


class _PiecesForm(RecordForm):
    """Some of these pieces."""

    pieces = forms.MultipleChoiceField(
        label="Exemplaires",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choisissez au moins un exemplaire.",
            "invalid_choice": "Cet exemplaire n’est plus à choisir : rechargez la page.",
        },
    )

    def __init__(self, pieces: Sequence[Piece], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["pieces"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = _of_pieces(pieces)
        self.initial.setdefault("pieces", [str(piece.pk) for piece in pieces])

    def keys(self) -> list[int]:
        return [int(value) for value in self.cleaned_data["pieces"]]


class ShipForm(_PiecesForm):
    carrier = LineField(
        label="Transporteur (facultatif)", most=120, help_text="« Notre camion », ou le nom de l’entreprise."
    )
    expected_on = DayField(label="Arrivée prévue le (facultatif)")


class ReceiveForm(_PiecesForm):
    reserves = WordsField(
        label="Réserves (facultatif)",
        required=False,
        help_text="Ce que vous voyez en ouvrant : un coin abîmé, un carton qui manque.",
    )


class AcceptForm(RecordForm):
    reserves = WordsField(
        label="Vos réserves (facultatif)",
        required=False,
        help_text="Ce que l’atelier doit encore reprendre. Un défaut précis se signale plutôt comme réclamation : il est suivi.",
    )

    def __init__(self, data: Any = None, *, for_buyer: bool = False, **kwargs: Any) -> None:
        """``for_buyer``: of a coordinator, who gives a reason and makes no reserves."""
        super().__init__(data, **kwargs)
        if for_buyer:
            field = self.fields["reserves"]
            field.label, field.required = "Raison", True
            field.help_text = typeset(
                "L’acheteur n’a pas réceptionné : dites comment vous savez que tout est arrivé. Il lira votre raison."
            )
            field.error_messages["required"] = "Écrivez votre raison."


class ClaimForm(RecordForm):
    piece = forms.ChoiceField(
        label="Quel exemplaire ?",
        widget=forms.RadioSelect,
        help_text="Son numéro est sur son étiquette.",
        error_messages={
            "required": "Choisissez un exemplaire.",
            "invalid_choice": "Choisissez un exemplaire de la liste.",
        },
    )
    part = LineField(label="Quelle pièce ? (facultatif)", most=12, help_text="Le code gravé dessus, par exemple P03.")
    note = WordsField(
        label="Le défaut",
        help_text="Ce que vous voyez, depuis quand, ce que cela empêche.",
        error_messages={"required": "Décrivez le défaut."},
    )
    photos = PhotosField(label="Photos (facultatif)", required=False, help_text=f"{MOST_AT_ONCE} au plus.")

    def __init__(
        self,
        pieces: Iterable[Piece],
        parts: Mapping[str, Sequence[str]],
        data: Any = None,
        files: Any = None,
        **kwargs: Any,
    ) -> None:
        """``parts``: the codes of each piece (primary key), as far as they are known."""
        super().__init__(data, files, **kwargs)
        field = self.fields["piece"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _of_pieces(pieces)
        if len(field.choices) == 1:
            self.initial.setdefault("piece", field.choices[0][0])
        self.parts = parts

    def clean(self) -> dict[str, Any]:
        """A code that the piece has, where its files say which it has."""
        cleaned = dict(super().clean() or self.cleaned_data)
        part, known = str(cleaned.get("part") or "").upper(), self.parts.get(str(cleaned.get("piece")), ())
        if part and known and part not in known:
            self.add_error("part", f"Ce meuble n’a pas de pièce {part[:12]}\u00a0: il a {', '.join(known)}.")
        return cleaned


class AnswerForm(RecordForm):
    remedy = forms.ChoiceField(
        label="Votre réponse",
        widget=forms.RadioSelect,
        choices=[
            (Claim.Remedy.REPAIR, "Nous réparons, sur place ou à l’atelier"),
            (Claim.Remedy.REMAKE, "Nous refaisons l’exemplaire"),
            (Claim.Remedy.REFUSED, "Ce n’est pas un défaut de fabrication"),
        ],
        error_messages={"required": "Choisissez une réponse.", "invalid_choice": "Choisissez une réponse de la liste."},
    )
    note = WordsField(
        label="Explication",
        help_text="Ce que vous allez faire et quand, ou pourquoi ce n’en est pas un.",
        error_messages={"required": "Écrivez quelques mots à l’acheteur."},
    )


class EngravingForm(forms.Form):
    """In the address: a side in mm."""

    cote = forms.IntegerField(min_value=SMALLEST_MM, max_value=LARGEST_MM, initial=USUAL_MM, required=False)
