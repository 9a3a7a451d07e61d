# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a script raised, as a designer would be told across the table: where in its own files, and what to do."""

from __future__ import annotations

import builtins
import difflib
import inspect
import itertools
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import FrameType, TracebackType
from typing import Any

import designs
from designs.errors import GeometryError, ParameterError, SheetError
from fabrication.errors import NotFlatError
from fabrication.scripted.endless import PATIENCE_S, StillRunningError
from fabrication.scripted.errors import Fault, ScriptError
from fabrication.scripted.geometry_words import geometry_in_french, part_of

#: Of an English sentence in an answer: a script may raise one of a gigabyte.
LONGEST = 600

_TYPES = {"str": "un texte", "int": "un nombre", "float": "un nombre", "bool": "un oui ou non", "NoneType": "rien (None)",
          "list": "une liste", "tuple": "une suite", "dict": "un dictionnaire", "function": "une fonction"}  # fmt: skip

#: Python's own sentences about what it can't read, the frequent ones.
_SYNTAX: tuple[tuple[str, str], ...] = (
    (r"'(.)' was never closed", "« {0} » n’est jamais refermé."),
    (r"unmatched '(.)'", "« {0} » ferme ce qui n’est pas ouvert."),
    (r"closing parenthesis '(.)' does not match opening parenthesis '(.)'.*", "« {0} » ne ferme pas « {1} »."),
    (r"expected ':'", "Il manque « : » à la fin de cette ligne."),
    (r"expected an indented block after (.*)", "Il faut décaler les lignes qui suivent (quatre espaces)."),
    (r"unexpected indent", "Cette ligne est décalée sans raison."),
    (r"unindent does not match any outer indentation level", "Cette ligne n’est alignée avec aucune de celles du dessus."),
    (r"inconsistent use of tabs.*", "Tabulations et espaces sont mélangés : gardez les espaces."),
    (r"unterminated string literal.*", "Un texte n’est pas refermé : il manque un guillemet."),
    (r"unterminated triple-quoted string literal.*", "Un texte entre triples guillemets n’est pas refermé."),
    (r"f-string: (.*)", "Ce texte à accolades ne se lit pas."),
    (r"invalid syntax\. Perhaps you forgot a comma\?", "Ne se lit pas : il manque peut-être une virgule."),
    (r"invalid syntax\. Maybe you meant '==' or ':=' instead of '='\?", "Pour comparer, écrivez == et non =."),
    (r"invalid decimal literal", "Ce nombre ne se lit pas : un nom ne commence pas par un chiffre, et la virgule s’écrit avec un point."),
    (r"leading zeros in decimal integer literals.*", "Un nombre ne commence pas par zéro."),
    (r"cannot assign to (.*?)(?: here.*)?", "On ne peut rien mettre dans {0}."),
    (r"positional argument follows keyword argument", "Les arguments nommés (nom=valeur) viennent après les autres."),
    (r"invalid character '(.)'.*", "Le signe « {0} » n’est pas du Python."),
    (r"invalid non-printable character (.*)", "Un signe invisible ({0}) s’est glissé ici : retapez la ligne."),
    (r"'(.*)' outside (?:function|loop)", "« {0} » n’est pas à sa place ici."),
    (r"invalid syntax", "Cette ligne ne se lit pas."),
)  # fmt: skip

_TYPE: tuple[tuple[str, str], ...] = (
    (r"(.+?)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.+)", "{0} demande encore {1}."),
    (r"(.+?)\(\) takes .+ but \d+ (?:was|were) given", "{0} reçoit trop de valeurs : nommez-les, par exemple width=44."),
    (r"(.+?)\(\) got multiple values for argument '(.+)'", "{0} reçoit « {1} » deux fois."),
    (r"'(.+)' object is not callable", "Les parenthèses ne vont qu’après une fonction : ceci est {0}."),
    (r"'(.+)' object is not subscriptable", "Les crochets ne vont pas ici : ceci est {0}."),
    (r"'(.+)' object is not iterable", "On ne peut pas parcourir ceci : c’est {0}."),
    (r"cannot unpack non-iterable (.+) object", "On ne peut pas répartir ceci : c’est {0}."),
    (r"unsupported operand type\(s\) for (.+): '(.+)' and '(.+)'", "« {0} » ne se calcule pas entre {1} et {2}."),
    (r"bad operand type for unary (.+): '(.+)'", "« {0} » ne se calcule pas avec {1}."),
    (r"'(.+)' not supported between instances of '(.+)' and '(.+)'", "« {0} » ne compare pas {1} et {2}."),
    (r"not enough values to unpack \(expected (.+), got (.+)\)", "Il y a {0} noms à gauche du signe =, et {1} valeurs à droite."),
    (r"too many values to unpack \(expected (.+)\)", "Il y a plus de valeurs à droite du signe = que de noms à gauche ({0})."),
    (r"can only concatenate str .*", "Un texte ne s’ajoute qu’à un texte : écrivez f\"{{valeur}}\"."),
)  # fmt: skip


def faults_of(error: BaseException, sources: Mapping[str, str], values: Iterable[str] = ()) -> tuple[Fault, ...]:
    """At least one. ``values`` are the parameters' names, for suggestions."""
    if isinstance(error, ScriptError):
        file, line, column, _ = _place(error, sources)
        return tuple(
            fault if fault.line or not line else replace(fault, file=file, line=line, column=column)
            for fault in error.faults
        )
    if isinstance(error, SyntaxError) and error.filename in sources:
        return (_syntax(error),)
    file, line, column, frame = _place(error, sources)
    english = f"{type(error).__name__}: {_cut(error)}"
    kind, french, part = _said(error, frame, tuple(values), sources)
    return (Fault(kind, french, english, file, line, column, part),)


def _cut(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # a script's own error, whose __str__ fails
        text = ""
    return text[:LONGEST]


def _syntax(error: SyntaxError) -> Fault:
    english = _cut(error).split(" (")[0]
    french = _from(_SYNTAX, error.msg or "") or "Cette ligne ne se lit pas."
    return Fault("syntax", french, f"SyntaxError: {english}", str(error.filename), error.lineno or 0, max(0, error.offset or 0))  # fmt: skip


def _place(error: BaseException, sources: Mapping[str, str]) -> tuple[str, int, int, FrameType | None]:
    """File, line, column and frame of the innermost place in the designer's own files."""
    found: TracebackType | None = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename in sources:
            found = step
        step = step.tb_next
    if found is None:
        return "", 0, 0, None
    code = found.tb_frame.f_code
    position = next(itertools.islice(code.co_positions(), found.tb_lasti // 2, None), (None, None, None, None))
    line, offset = found.tb_lineno, position[2]
    lines = sources[code.co_filename].splitlines()
    column = 0
    if offset is not None and position[0] == line and 0 < line <= len(lines):
        column = len(lines[line - 1].encode()[:offset].decode(errors="replace")) + 1
    return code.co_filename, line, column, found.tb_frame


def _said(
    error: BaseException, frame: FrameType | None, values: tuple[str, ...], sources: Mapping[str, str]
) -> tuple[str, str, str]:
    """Kind, French sentence, part."""
    english = _cut(error)
    if isinstance(error, NotFlatError):
        return "flat", error.french, part_of(english)
    if isinstance(error, GeometryError):
        return "geometry", geometry_in_french(english), part_of(english)
    if isinstance(error, ParameterError):
        return "value", " ".join(error.messages.values()) or english, ""
    if isinstance(error, SheetError):
        return "value", error.french or f"Ce panneau ne convient pas : {english}", ""
    if isinstance(error, NameError) and error.name:
        return "name", f"« {error.name} » n’existe pas ici.{_hint(error.name, _names(frame))}", ""
    if isinstance(error, ImportError):
        return "import", _import(error, sources), ""
    if isinstance(error, AttributeError) and error.name:
        return "name", f"Il n’y a pas de « {error.name} » ici.{_hint(error.name, _attributes(error))}", ""
    if isinstance(error, KeyError) and len(error.args) == 1:
        key = str(error.args[0])[:60]
        return (
            "name",
            f"« {key} » n’existe pas : ni paramètre, ni clé.{_hint(key, values) or _known('Les paramètres sont', values)}",
            "",
        )
    if isinstance(error, ValueError) and (unpacked := _from(_TYPE, english)):
        return "value", unpacked, ""
    if isinstance(error, TypeError):
        return "value", _type(english, frame), ""
    if isinstance(error, RecursionError):
        return "limit", "Une fonction s’appelle elle-même sans fin.", ""
    if isinstance(error, StillRunningError):
        return (
            "time",
            f"Le script tournait encore ici au bout de {PATIENCE_S:.0f} s, et a été arrêté. Cherchez une boucle qui ne finit pas, ou dessinez plus simplement.",
            "",
        )
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return "limit", "Le script s’arrête de lui-même (exit) : il doit rendre un meuble.", ""
    if isinstance(error, ZeroDivisionError):
        return "value", "Division par zéro.", ""
    if isinstance(error, IndexError):
        return "value", "Cette liste est plus courte que cela.", ""
    if isinstance(error, AssertionError):
        return "value", f"Une vérification du script (assert) n’est pas tenue{f' : {english}' if english else '.'}", ""
    if type(error).__module__.startswith("OCP"):
        return "geometry", f"Le noyau géométrique refuse cette forme ({type(error).__name__}) : souvent une longueur nulle ou négative.", ""  # fmt: skip
    if isinstance(error, OSError):
        return "limit", "Un script ne lit ni n’écrit de fichier, et n’a pas de réseau.", ""
    return "value", f"Erreur {type(error).__name__}{f' : {english}' if english else '.'}", ""


def _hint(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    near = difflib.get_close_matches(word, list(itertools.islice(known, 5000)), 1, likeness)
    return f" Vouliez-vous « {near[0]} » ?" if near else ""


def _known(sentence: str, names: Iterable[str]) -> str:
    """Where nothing is alike: all there is, if that is a list that one reads."""
    said = [name for name in names if name not in ("self", "args", "kwargs")]
    return f" {sentence} {', '.join(said)}." if 0 < len(said) <= 20 else ""


def _names(frame: FrameType | None) -> list[str]:
    import designs.joinery
    import designs.placing

    known = [*designs.joinery.__all__, *(n for n in vars(designs.placing) if not n.startswith("_")), *dir(builtins)]
    return [*frame.f_locals, *frame.f_globals, *known] if frame else known


def _attributes(error: AttributeError) -> list[str]:
    try:
        return [name for name in dir(error.obj) if not name.startswith("_")]
    except Exception:  # an object of the script, whose __dir__ fails
        return []


def _import(error: ImportError, sources: Mapping[str, str]) -> str:
    own = [file.removesuffix(".py") for file in sources]
    library = [module.name for module in pkgutil.iter_modules(designs.__path__)]
    hidden = str(error.name or "").removeprefix("designs.")
    if hidden in own and hidden in library:
        return f"Votre fichier {hidden}.py cache celui de la bibliothèque, qui porte le même nom : renommez-le."
    missing = re.match(r"cannot import name '(.+?)' from '(.+?)'", _cut(error))
    if missing:
        return f"{missing[2]} n’a pas de « {missing[1]} ».{_hint(missing[1], dir(sys.modules.get(missing[2])))}"
    name = str(error.name or "")[:60]
    if name in own:
        return f"Pour votre fichier {name}.py, écrivez from designs.{name} import …"
    package, _, last = name.rpartition(".")
    if package == "designs":
        return f"Il n’y a pas de fichier « {last} » dans designs.{_hint(last, [*own, *library])}"
    return f"« {name} » ne s’importe pas ici : un script a designs, cadquery, numpy et ce qui vient avec Python."


def _type(english: str, frame: FrameType | None) -> str:
    unknown = re.match(r"(.+?)\(\) got an unexpected keyword argument '(.+?)'", english)
    if unknown:
        name = unknown[1].split(".")[-1]
        known = _arguments(name, frame)
        return f"{name} ne connaît pas « {unknown[2]} ».{_hint(unknown[2], known, 0.7) or _known('On peut lui donner', known)}"
    return _from(_TYPE, english) or f"Ce n’est pas le bon genre de valeur : {english}"


def _arguments(name: str, frame: FrameType | None) -> list[str]:
    function: Any = None
    if frame is not None:
        function = frame.f_locals.get(name) or frame.f_globals.get(name)
        if function is None:  # a method: of whatever is there
            owners = [*frame.f_locals.values(), *frame.f_globals.values()]
            function = next((getattr(type(owner), name) for owner in owners if hasattr(type(owner), name)), None)
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _from(sentences: tuple[tuple[str, str], ...], english: str) -> str:
    for pattern, french in sentences:
        found = re.fullmatch(pattern, english)
        if found:
            return french.format(*(_TYPES.get(group, _french_list(group)) for group in found.groups()))
    return ""


def _french_list(words: str) -> str:
    """'a' and 'b' → « a » et « b »; a dotted name → its last word."""
    if "'" in words:
        return re.sub(r"'(.+?)'", r"« \1 »", words).replace(", and ", " et ").replace(" and ", " et ")
    return words.split(".")[-1] or words
