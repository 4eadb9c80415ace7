"""One recipe a family: a module with FAMILY, ARCHITECTURES, GGUF_ARCHITECTURES, build(config, limits), adapt_tensor and its
inverse to_transformers, or stored(name, has, read) where a weight is made of several tensors; ROLE where it is no language
model; and settle(config, limits) where the limits decide something about the model. A language model that hears has PARTS, what
its configuration has beside the text model's, and stored_names(name), where a checkpoint keeps a weight."""

import difflib
from types import ModuleType

from ..errors import ExportError
from . import gemma3, llama, parakeet, phi3, qwen2, qwen3, qwen3_5, qwen3_5_moe, qwen3_moe, voxtral, voxtral_realtime, whisper
from .layers import Limits

RECIPES: tuple[ModuleType, ...] = (
    gemma3, llama, parakeet, phi3, qwen2, qwen3, qwen3_5, qwen3_5_moe, qwen3_moe, voxtral, voxtral_realtime, whisper,
)  # fmt: skip


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


def settle(recipe: ModuleType, config: dict, limits: Limits) -> tuple[dict, list[str]]:
    """(configuration with all that the limits decide, what the user should know of it). The program and its reference in
    transformers are built from the same one."""
    own = getattr(recipe, "settle", None)
    return (config, []) if own is None else own(config, limits)
