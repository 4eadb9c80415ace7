"""Voxtral Mini and Voxtral Realtime: from a checkpoint to a verified model folder. Their models are models/voxtral*.py."""

from .folder import write_voxtral

__all__ = ["write_voxtral"]
