"""Exports language models as MLX `.pte` programs in Pteron's model-folder format."""

from . import mlx_support

__version__ = "0.1.0"

mlx_support.enable()  # before any module of the package imports executorch's MLX exporter
