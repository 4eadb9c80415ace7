"""Parakeet: its program's methods, its comparison with transformers, and its model folder."""
