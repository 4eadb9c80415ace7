"""Exports language models as MLX `.pte` programs in Pteron's model-folder format."""

__version__ = "0.1.0"
