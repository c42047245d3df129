"""What a reader may bring in place of a model or a chip of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kernelless import runtime
from kernelless.own import Field, Own, brought
from kernelless.program import compile_program
from kernelless.trace import Graph

from ... import models
from ...hardware.accelerators import PLAUSIBLE, Accelerator
from ...models import groups
from ...models.groups import LayerGroup
from ...models.keys import table
from ...models.rows import ALONE, EACH, KINDS_OF_LAYERS, model_of_numbers, numbers_of
from ...models.spec import Model
from ...quantities.checks import is_traced
from ...quantities.config_labels import labels
from ...quantities.numeric import Numeric

READER = Path(__file__).parent / "static" / "config_reader.js"
# a dense model of today, in the words that a table of models has
EXAMPLE: dict[str, Any] = {
    "model_type": "by_hand", "layers": 36, "hidden": 4096, "q_heads": 32, "kv_heads": 8, "head_dim": 128,
    "ffn_hidden": 12288, "vocab": 151936, "experts": 0, "experts_active": 0, "expert_hidden": 0}
_WORDS = {"layers": "Layers", "hidden": "Width", "q_heads": "Query heads", "kv_heads": "Key-value heads",
          "head_dim": "Width of a head", "ffn_hidden": "Width of the dense feed-forward", "vocab": "Vocabulary",
          "experts": "Experts of a layer; 0: dense", "experts_active": "Of them, for one token",
          "expert_hidden": "Width of an expert"}
# fields of a chip: what the reader sees, the unit, and the example's number
_CHIP = {
    "hbm_bytes": ("Memory", "B", 141e9), "hbm_bytes_per_s": ("Its bandwidth", "B/s", 4.8e12),
    "bf16_flop_per_s": ("16-bit arithmetic, dense", "FLOP/s", 989e12),
    "fp8_flop_per_s": ("8-bit arithmetic; where it has none, the 16-bit number", "FLOP/s", 1979e12),
    "fp4_flop_per_s": ("4-bit arithmetic; where it has none, the 8-bit number", "FLOP/s", 1979e12),
    "link_bytes_per_s": ("Link to other chips, one direction", "B/s", 450e9), "power_w": ("Power", "W", 700.0),
    "rent_usd_per_hour": ("Rent, per hour", "USD", 3.0),
}
_RENT = (0.01, 1000.0)  # USD an hour, of one chip
# what a figure may need of a model, by the field of a layer that holds it; and what is said of one without
NEEDS = {"experts": "This figure shows experts, and this model has none.",
         "kv_lora": "This figure shows a latent in the cache, and this model keeps none.",
         "q_heads": "This figure shows attention, and this model has none.",
         "kv_heads": "This figure shows key-value heads, and this model has none."}


@dataclass(frozen=True)
class OwnChip(Accelerator):
    """A chip that no catalogue has a price of.

    Parameters
    ----------
    rent_usd_per_hour : float
        What it is let for. [USD/h]
    """

    rent_usd_per_hour: float = 0.0


def of_row(function: Callable[[Model], Sequence[Numeric]]) -> dict[str, Any]:
    """Return a function of a model as a program of the row of numbers that stands for it.

    Parameters
    ----------
    function : callable
        From a model to numbers.

    Returns
    -------
    dict
        ``program``, whose own ``row`` the page fills, and ``at``: where the results stand. `config_reader.js` runs it.
    """
    graph = Graph()
    row = brought(graph, "row", numbers_of(models.from_config(EXAMPLE, name="own")), 0)
    with np.errstate(all="ignore"):
        program, at = compile_program(graph, [graph.lift(result) for result in function(model_of_numbers(row))])
    return {"program": program, "at": at}


def _config_table() -> str:
    """Return the module that `static/config_table.d.ts` declares: the table by which Python reads a config.json."""
    tab = table()
    held = {name: tab[name] for name in ("types", "limits", "none", "ignored", "nested", "max_context", "summed_norms")}
    held["families"] = {name: {part: sorted(family[part]) if part == "ignored" else family[part]
                               for part in ("required", "ignored", "keys", "terms", "row", "model", "mtp", "refuse")}
                        for name, family in tab["families"].items()}
    held |= {"labels": sorted(labels()), "alone": ALONE, "kinds": KINDS_OF_LAYERS, "needs": groups.NEEDS,
             "each": [(name, getattr(LayerGroup(), name)) for name in EACH], "needs_all": groups.NEEDS_ALL,
             "flags": groups.FLAGS, "count": of_row(lambda model: [model.n_params_counted])}
    return f"export const CONFIG_TABLE = {json.dumps(held, separators=(',', ':'))};\n"


runtime.write_module("config_table.js", _config_table)


def _config_of(thing: object) -> str | None:
    return _short(json.loads(thing.config)) if isinstance(thing, Model) and thing.config else None


def _short(raw: dict[str, Any]) -> str:
    return json.dumps(raw, separators=(",", ":"), sort_keys=True)


@cache
def own_model(needs: str = "") -> Own:
    """Return a model by its ``config.json``, or by the numbers of its card.

    Parameters
    ----------
    needs : str
        What of a layer a figure cannot do without: a name of `NEEDS`. A model without it is refused in words.

    Returns
    -------
    Own
        Its numbers are those of `models.rows`; the figure function receives a `models.Model`.
    """
    limit = table()["limits"]

    def read(text: str) -> Model:
        model = models.from_config(text, name="own")
        if needs and not any(getattr(group, needs) for group in model.groups):
            raise ValueError(NEEDS[needs])
        return model

    named = {"experts": "qwen3-235b-a22b", "kv_lora": "deepseek-v3"}.get(needs)
    example = json.loads(models.get(named).config) if named else EXAMPLE
    return Own(
        title="your own model", build=model_of_numbers, read=read, number=lambda text: numbers_of(read(text)),
        write=_config_of, reader=READER.name, example=json.dumps(example, separators=(",", ":")),
        told={"needs": needs, "words": NEEDS[needs]} if needs else {},
        fields={name: Field(words, "", 0, float(EXAMPLE[name]), limit["layers" if name == "layers" else "number"], True)
                for name, words in _WORDS.items()},
        hint="Paste or drop the config.json of a model, or type its numbers. Nothing leaves this device.",
        modules=(READER,))


def _chip_of(numbers: Any) -> Accelerator:
    held: dict[str, Any] = {name: numbers[k] if is_traced(numbers) else float(numbers[k])
                            for k, name in enumerate(_CHIP)}
    return OwnChip(name="own", title="your own chip", **held)


def _numbers_of_chip(thing: object) -> str | None:
    if not isinstance(thing, OwnChip):
        return None
    return json.dumps({name: getattr(thing, name) for name in _CHIP})


@cache
def own_chip() -> Own:
    """Return a chip by the numbers of its data sheet.

    Returns
    -------
    Own
        The figure function receives an `accelerators.Accelerator`.
    """
    return Own(
        title="your own chip", build=_chip_of, write=_numbers_of_chip,
        fields={name: Field(words, unit, low, value, high) for name, (words, unit, value) in _CHIP.items()
                for low, high in (PLAUSIBLE.get(name, _RENT)[:2],)},
        hint="Type the numbers of its data sheet: dense, without sparsity. Nothing leaves this device.")
