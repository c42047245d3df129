"""Read the keys of a Hugging Face ``config.json`` as an `Architecture`, by the table ``config_keys.toml``.

Nothing is guessed: a model_type, a key or a value that the table does not hold is refused by name, and so is a file
that claims more than a model can be, before anything is built.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple

from ..quantities.checks import lookup
from .architecture import Architecture
from .formula import evaluate, parse
from .groups import LayerGroup, whole
from .keys import BY_HAND, inside, refuse_unknown, table, text_decoder
from .source import show


class Reading(NamedTuple):
    """What a ``config.json`` says: the decoder, the longest context, and what the file calls itself ("" if nothing)."""

    architecture: Architecture
    max_context_tok: int
    name: str


def read(raw: dict[str, Any], ignore: Sequence[str] = ()) -> Reading:
    """Translate the contents of a ``config.json``.

    Parameters
    ----------
    raw : dict
        Keys and values.
    ignore : sequence of str
        Keys that the user knows to change no weight and no cache, though the table does not.

    Returns
    -------
    Reading

    Raises
    ------
    ValueError
        When a field is missing or not understood wholly; the message names it.
    """
    tab = table()
    raw, left_out = text_decoder(raw, ignore)
    kind = raw.get("model_type")
    if not isinstance(kind, str):
        raise ValueError(f"model_type={show(kind)}; a config.json says there what it is, such as \"llama\". {BY_HAND}.")
    if kind not in tab["types"]:
        near = difflib.get_close_matches(kind[:60], tab["types"], n=1)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"model_type {show(kind)} is not known; known: {', '.join(tab['types'])}.{guess} {BY_HAND}.")
    family = tab["families"][tab["types"][kind]]
    refuse_unknown(raw, kind, family, ignore)
    left_out |= {key: None for key in tab["ignored"]["parts"] if raw.get(key) and key not in family["keys"]}
    architecture = _Reader(raw, kind).architecture(tuple(left_out))
    name = raw.get("_name_or_path")
    return Reading(architecture, _longest(raw, tab), Path(name).name if isinstance(name, str) and name[:300] else "")


def _longest(raw: dict[str, Any], tab: dict[str, Any]) -> int:
    """Return the longest context that the file states, 0 where it states none."""
    for key in tab["max_context"]["keys"]:
        said = raw.get(key)
        if said is not None:
            if not whole(said, 1, tab["limits"]["context"]):
                raise ValueError(f"{key}={show(said)} is not a whole number of 1..{tab['limits']['context']:,}.")
            return int(said)
    return 0


class _Reader:
    """Gives the numbers that names in the formulas of one family stand for."""

    def __init__(self, raw: dict[str, Any], kind: str) -> None:
        self.raw, self.kind, self.table = raw, kind, table()
        self.family: dict[str, Any] = self.table["families"][self.table["types"][kind]]
        self.limits: dict[str, int] = self.table["limits"]
        self.known: dict[str, int] = {}
        self.terms: dict[str, int] = {}
        # what does not depend on the layer is computed once
        self.fixed: dict[str, int] = {}
        self.by_layer = False
        self.layer = 0
        # the lists of keys that a file may give layer by layer
        self.each: dict[str, list[int]] = {}

    def architecture(self, left_out: tuple[str, ...]) -> Architecture:
        """Build the model: one group for each kind of layer."""
        for key in self.family["required"]:
            if self.given(key) is None:
                raise ValueError(f"{key} is missing in a {self.kind}. {BY_HAND}.")
        for key in self.family["keys"]:
            self.key(key)
        layers = self.key("num_hidden_layers")
        if not 1 <= layers <= self.limits["layers"]:
            raise ValueError(f"num_hidden_layers={layers} is outside 1..{self.limits['layers']}.")
        for rule in self.family["refuse"]:
            if self.number(rule["when"]):
                raise ValueError(f"{rule['say']}.")
        rows: dict[tuple[tuple[str, float], ...], int] = {}
        for self.layer in range(layers):
            self.terms = {}
            row = tuple((name, self.number(rule)) for name, rule in self.family["row"].items())
            rows[row] = rows.get(row, 0) + 1
        model = {name: self.number(rule) for name, rule in self.family["model"].items()}
        groups = tuple(LayerGroup(layers=count, **dict(row)) for row, count in rows.items())
        self.refuse_windows(groups)
        return Architecture(groups=groups, left_out=left_out, mtp=self.mtp(LayerGroup(**dict(row)), model["hidden"]),
                            **model)

    def refuse_windows(self, groups: tuple[LayerGroup, ...]) -> None:
        """Refuse a window where the file says of every layer that it has none."""
        for name, spec in self.family["keys"].items():
            if "every" in spec and self.given(name) and any(group.window_tok for group in groups):
                raise ValueError(f"{name} says {spec['every']} of every layer, but a {self.kind} with these keys has a "
                                 "sliding window. Give sliding_window as null where there is none.")

    def mtp(self, last: LayerGroup, hidden: float) -> tuple[LayerGroup, ...]:
        """Return the layers that predict further tokens: like the last one, with two inputs and three norms more."""
        layers = sum(self.number(rule) for rule in self.family["mtp"].values())
        if layers > self.limits["layers"]:
            raise ValueError(f"{layers} layers that predict further tokens are more than {self.limits['layers']}.")
        return (replace(last, layers=layers, matrix_params=last.matrix_params + 2 * hidden**2,
                        vector_params=last.vector_params + 3 * hidden),) if layers else ()

    def number(self, rule: Any) -> Any:  # a whole number, or one part in so many
        """Evaluate a number, a formula over keys and terms, or one part in so many."""
        if isinstance(rule, dict):
            parts = self.number(rule["one_in"])
            return parts if parts < 2 else 1 / parts
        if isinstance(rule, bool) or not isinstance(rule, str):
            return int(rule)
        try:
            return self.once(rule, lambda: evaluate(parse(rule), self.named))
        except ZeroDivisionError:
            raise ValueError(f"{rule} divides by zero in this {self.kind}.") from None

    def named(self, name: str) -> int:
        """Return the number that a name stands for: the layer, a term, or a key."""
        if name == "layer":
            self.by_layer = True
            return self.layer
        if name not in self.family["terms"]:
            return self.key(name)
        rule = self.family["terms"][name]
        return self.once(f"term {name}",
                         lambda: self.listed(rule) if isinstance(rule, dict) else int(self.number(rule)))

    def once(self, name: str, compute: Callable[[], int]) -> int:
        """Compute a number once for this layer, or once for all where it does not ask for the layer."""
        if name in self.fixed:
            return self.fixed[name]
        if name not in self.terms:
            before, self.by_layer = self.by_layer, False
            number = compute()
            if not self.by_layer:
                self.by_layer = before
                return self.fixed.setdefault(name, number)
            self.terms[name] = number
        self.by_layer = True
        return self.terms[name]

    def listed(self, rule: dict[str, Any]) -> int:
        """Say whether a list of the file names this layer."""
        name: str = rule["list"] if "list" in rule else rule["at"]
        entries = self.given(name)
        if entries is None or ("list" in rule and not len(entries)):
            if "else" not in rule:
                raise ValueError(f"{name} is missing in a {self.kind}.")
            return int(self.number(rule["else"]))
        self.by_layer = True
        layers = self.key("num_hidden_layers")
        if "at" in rule:
            first = rule.get("first", 0)
            wrong = [entry for entry in entries if isinstance(entry, str) or not first <= entry < first + layers]
            if wrong:
                raise ValueError(f"{name}: {show(wrong[0])} is no layer of {first}..{first + layers - 1}.")
            return int(first + self.layer in entries)
        if not (rule.get("longer") and len(entries) > layers):
            self.of_each_layer(name, entries)
        understood = [*rule["is"], *rule.get("known", ())]
        if "known" in rule and entries[self.layer] not in understood:
            raise ValueError(f"{name}: {show(entries[self.layer])} is not understood in a {self.kind}; "
                             f"known: {', '.join(map(str, understood))}.")
        return int(entries[self.layer] in rule["is"])

    def given(self, name: str) -> Any:
        """Return what the file says under a key or another name of it, or None."""
        spec = self.family["keys"][name]
        found = {key: inside(self.raw, key) for key in (name, *spec.get("also", ()))}
        said = {key: value for key, value in found.items() if value is not None}
        for key, value in said.items():
            if spec.get("list") or (isinstance(value, list) and spec.get("each")):
                said[key] = self.entries(key, value)
            elif not isinstance(value, (str, Real)):
                return value  # refused where it is read; to compare it first could go on without end
        first = next(iter(said.values()), None)
        for key, value in said.items():
            if value is not first and value != first:  # NaN differs from itself
                raise ValueError(f"{key}={show(value)} contradicts {next(iter(said))}={show(first)}.")
        return first

    def of_each_layer(self, name: str, entries: list[Any]) -> list[Any]:
        """Refuse a list that has not one entry for each layer."""
        layers = self.key("num_hidden_layers")
        if len(entries) != layers:
            raise ValueError(f"{name} has {len(entries)} entries for {layers} layers.")
        return entries

    def entries(self, key: str, value: Any) -> list[Any]:
        """Return a list or a text with one entry per layer."""
        if not isinstance(value, (list, tuple, str)) or len(value) > self.limits["layers"]:
            raise ValueError(f"{key}={show(value)} is not a list of at most {self.limits['layers']} layers.")
        for entry in value:
            if not (isinstance(entry, str) or whole(entry, -self.limits["number"], self.limits["number"])):
                raise ValueError(f"{key}: {show(entry)} is neither a word nor a whole number.")
        return [entry if isinstance(entry, str) else int(entry) for entry in value]

    def key(self, name: str) -> int:
        """Return the number of a key: as given, or as transformers supplies it."""
        if name not in self.known:
            spec = self.family["keys"][name]
            said = self.given(name)
            if isinstance(said, list) and spec.get("each"):
                self.each[name] = [self.value(name, spec, entry) for entry in self.of_each_layer(name, said)]
                said = said[0]
            self.known[name] = self.value(name, spec, said)
        if name in self.each:
            self.by_layer = True
            return self.each[name][self.layer]
        return self.known[name]

    def value(self, name: str, spec: dict[str, Any], said: Any) -> int:
        """Check and convert what the file says under a key."""
        if spec.get("list"):
            number = len(said or ())
            if number and "every" in spec and set(self.of_each_layer(name, said)) != {spec["every"]}:
                wrong = next(entry for entry in said if entry != spec["every"])
                raise ValueError(f"{name}: {show(wrong)} is not understood in a {self.kind}, only {spec['every']!r}.")
        elif said is None:
            if name == "head_dim":
                self.split_heads(spec)
            present = name in self.raw or any(key in self.raw for key in spec.get("also", ()))
            return int(self.number(spec["null"] if present and "null" in spec else spec.get("default", 0)))
        elif isinstance(said, str) and "words" in spec:
            number = self.number(lookup(name, said, spec["words"]))
        else:
            number = self.checked(name, spec, said)
        number = int(number)
        if "only" in spec and number != self.number(spec["only"]):
            raise ValueError(f"{name}={show(said)} is not understood in a {self.kind}, only {spec['only']}.")
        return number

    def never_none(self, name: str, spec: dict[str, Any]) -> bool:
        """Say whether a number must be at least 1: where 0 would not mean that the model has no such part."""
        if name in self.table["none"]["keys"]:
            return False
        return name in self.family["required"] or bool(self.number(spec.get("default", 0)))

    def split_heads(self, spec: dict[str, Any]) -> None:
        """Refuse a width that heads of no stated size cannot share."""
        hidden, heads = "hidden_size", "num_attention_heads"
        if f"{hidden} // {heads}" in (spec.get("default"), spec.get("null")) and self.key(heads) and (
                self.key(hidden) % self.key(heads)):
            raise ValueError(f"head_dim is missing, and {heads}={self.key(heads)} does not divide "
                             f"{hidden}={self.key(hidden)}.")

    def checked(self, name: str, spec: dict[str, Any], said: Any) -> int:
        """Return a whole number within the limits, or true or false as 1 or 0."""
        if isinstance(spec.get("default"), bool) or "truth" in spec:
            if not isinstance(said, bool):
                raise ValueError(f"{name}={show(said)} is neither true nor false.")
            return int(said)
        least = spec["least"] if "least" in spec else int(self.never_none(name, spec))
        if not whole(said, least, self.limits["number"]):
            raise ValueError(f"{name}={show(said)} is not a whole number of {least}..{self.limits['number']:,}.")
        return int(said)
