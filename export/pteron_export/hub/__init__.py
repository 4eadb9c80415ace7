"""Checkpoints of the Hugging Face Hub: what a repository holds, and the few files of it that an export needs."""

from .name import HubName, parse_hub_name
from .repository import Repository, open_repository

__all__ = ["HubName", "Repository", "open_repository", "parse_hub_name"]
