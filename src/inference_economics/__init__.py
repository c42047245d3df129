"""Inference economics you can run: the formulas, catalogues and explorers of *The Infrastructure Trap*.

Modules stand in rooms (`inference_economics.models`, `.serving`, …) and can be had by their own name from here:
``from inference_economics import kv_cache``. Each is loaded when it is first asked for.
"""

import importlib

__version__ = "0.1.0"

# module: the room that it stands in
_MODULES = {
    "accelerators": "hardware.accelerators",
    "break_even": "buying.break_even",
    "calibration": "serving.calibration",
    "chapter": "chapters.exhibits",
    "checkpoint": "decoder.checkpoint",
    "custom_silicon": "silicon.programme",
    "decoder_block": "decoder.block",
    "decoder_cache": "decoder.cache",
    "decoder_config": "decoder.config",
    "decoder_deepseek": "decoder.deepseek",
    "disaggregation": "serving.disaggregation",
    "exercises": "chapters.exercises",
    "exposure": "risk.exposure",
    "ffn": "models.ffn",
    "glossary": "quantities.glossary",
    "golden": "chapters.golden",
    "head_sharing": "models.head_sharing",
    "hedges": "risk.hedges",
    "kernels": "hardware.kernels",
    "kit": "chapters.kit",
    "kv_cache": "models.kv_cache",
    "market": "buying.market",
    "measurements": "serving.measurements",
    "mechanisms": "chapters.mechanisms",
    "options": "risk.options",
    "ownership": "buying.ownership",
    "price_paths": "risk.price_paths",
    "prices": "catalog.prices",
    "queueing": "serving.queueing",
    "recorded": "measure.recorded",
    "roofline": "hardware.roofline",
    "rope": "decoder.rope",
    "rulings": "chapters.rulings",
    "scaling": "training.scaling",
    "scenarios": "decision.scenarios",
    "spend": "training.spend",
    "step": "serving.step",
    "toy": "decoder.toy",
    "toy_context": "decoder.toy_context",
    "uncertainty": "risk.uncertainty",
    "units": "quantities.units",
}
# name: the module that defines it
_NAMES = {
    "Table": "chapters.exhibits",
    "check": "chapters.exercises",
    "exercise": "chapters.exercises",
    "glue": "chapters.exhibits",
    "keep_answers": "chapters.exercises",
    "phrase": "chapters.exhibits",
    "rounded": "chapters.exhibits",
    "scaled": "chapters.exhibits",
    "solution": "chapters.exercises",
    "text": "chapters.exhibits",
}
# what the notebooks take from the library of figures
_FIGURES = frozenset({
    "HERE", "Arrows", "Axis", "Band", "Bars", "Blocks", "Bracket", "Cells", "Choice", "Explorer", "Figure", "Flow",
    "Label", "Line", "Note", "Panel", "Play", "Point", "Predict", "Readout", "Rule", "Slider", "Spans", "Stack",
    "State", "Waterfall", "explore", "standalone", "tabulate",
})
__all__ = [
    "Arrows",
    "Axis",
    "Band",
    "Bars",
    "Blocks",
    "Bracket",
    "Cells",
    "Choice",
    "Explorer",
    "Figure",
    "Flow",
    "Label",
    "Line",
    "Note",
    "Panel",
    "Play",
    "Point",
    "Predict",
    "Readout",
    "Rule",
    "Slider",
    "Spans",
    "Stack",
    "State",
    "Table",
    "Waterfall",
    "check",
    "exercise",
    "explore",
    "glue",
    "keep_answers",
    "solution",
    "standalone",
    "tabulate",
    "text",
]


def __getattr__(name: str):
    if name in _MODULES:
        return importlib.import_module(f".{_MODULES[name]}", __name__)
    if name in _NAMES or name in _FIGURES:
        home = "kernelless" if name in _FIGURES else f".{_NAMES[name]}"
        value = getattr(importlib.import_module(home, __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_MODULES, *_NAMES, *_FIGURES})
