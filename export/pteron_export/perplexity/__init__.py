"""What each quantization costs: measured on real models, written to docs/QUANTIZATION.md."""
