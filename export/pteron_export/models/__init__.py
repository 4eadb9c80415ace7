"""One recipe a family: a module with FAMILY, ARCHITECTURES, GGUF_ARCHITECTURES, build(config, limits) and adapt_tensor."""

import difflib
from types import ModuleType

from ..errors import ExportError
from . import gemma3, llama, qwen3

RECIPES: tuple[ModuleType, ...] = (gemma3, llama, qwen3)


def recipe_for(architecture: str) -> ModuleType:
    """The recipe of a transformers class name or a GGUF architecture."""
    known = {name: recipe for recipe in RECIPES for name in (*recipe.ARCHITECTURES, *recipe.GGUF_ARCHITECTURES)}
    if architecture in known:
        return known[architecture]
    near = difflib.get_close_matches(architecture.lower(), [name.lower() for name in known], n=1, cutoff=0.0)
    nearest = next(recipe.FAMILY for name, recipe in known.items() if name.lower() == near[0])
    raise ExportError(
        "program_unsupported",
        f"The architecture '{architecture}' has no export recipe.",
        f"Supported: {', '.join(sorted({r.FAMILY for r in RECIPES}))}; the nearest is '{nearest}' "
        f"(export/pteron_export/models/{nearest}.py), a starting point for a new one.",
    )
