"""What a model is called where the user does not say."""

import re


def default_id(source: str) -> str:
    """An id for the store: the source's last name in lower case, e.g. Qwen/Qwen3-0.6B → qwen3-0.6b."""
    name = re.sub(r"@[^/]*$|:[^/]*$", "", source.rstrip("/")) if not source.startswith(("/", ".", "~")) else source.rstrip("/")
    last = name.rpartition("/")[2].removesuffix(".gguf").lower()
    cleaned = re.sub(r"[^a-z0-9._-]+", "-", last).strip("-._")
    return cleaned[:64] or "model"
