"""Every family in every quantization against transformers, by tiny models with random weights, into docs/PARITY.md.

    python -m pteron_export.parity                                  all of it, and the table
    python -m pteron_export.parity --family phi3 --quantization 4   some rows, printed only

A new family is one entry in `families.py`: a name, transformers' class, a tiny configuration with the family's special cases
switched on (rows of matrices in multiples of 64, so that every quantization fits), and, where its tensors are not matrices,
norms and biases, a rule for its weights. A new quantization is one name in `NAMED` of quantization/scheme.py.
"""
