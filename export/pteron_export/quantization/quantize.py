"""Dense weights → a quantized format, by name or by number of bits."""

import torch

from ..errors import ExportError
from .affine import GROUPS
from .compensated import compensate_affine, compensate_nvfp4
from .fitting import fit_affine
from .nvfp4 import GROUP as NVFP4_GROUP
from .nvfp4 import quantize_nvfp4
from .rounding import round_affine
from .scheme import DTYPES, Choice, parse_scheme
from .tensor import QuantizedTensor


def quantize(
    weight: torch.Tensor,
    choice: Choice | int | str,
    group: int | None = None,
    dtype: torch.dtype = torch.float32,
    products: torch.Tensor | None = None,
) -> QuantizedTensor | torch.Tensor:
    """float [..., columns] in the format of `choice`: a Choice, a number of bits, or a name of --quantize such as 'nvfp4' or
    '4:g64'; for bf16, fp16 and fp32 the dense matrix in that type. `dtype` is what scales and biases will be stored in: they
    are rounded to it before the integers are chosen. `products`: the sum of x xᵀ over the inputs x that the matrix is multiplied
    with, which GPTQ needs; without it groups are fitted to the weights alone. Rows that the group does not divide → invalid_argument."""
    if not isinstance(choice, Choice):
        scheme = parse_scheme(str(choice), group)
        choice, dtype = scheme.base, DTYPES[scheme.dtype] if scheme.dtype else dtype
    if choice.format == "none":
        return weight.to(dtype)
    if choice.format == "nvfp4":
        _require_groups(weight, NVFP4_GROUP, "Choose another quantization for it.")
        compensated = products is not None and method_of(choice) == "gptq"
        return (compensate_nvfp4(weight, products) if compensated else quantize_nvfp4(weight)).to(dtype)
    if choice.format != "affine":
        raise ExportError("internal", f"'{choice.format}' is decided for a whole model, not for one matrix.")
    width, method = group_of(choice, weight), method_of(choice)
    if method == "gptq" and products is not None:
        return compensate_affine(weight, choice.bits, width, dtype, products)
    quantizer = round_affine if method == "round" else fit_affine
    return quantizer(weight, choice.bits, width, dtype)


def method_of(choice: Choice) -> str:
    """The method named, or the one that pays for these bits (docs/QUANTIZATION.md)."""
    if choice.method is not None:
        return choice.method
    return "round" if choice.bits >= 6 or choice.format not in ("affine", "nvfp4") else "gptq"


def group_of(choice: Choice, weight: torch.Tensor) -> int:
    """The choice's group, or where it leaves that open the usual one, or the largest smaller one that divides the rows."""
    columns = weight.shape[-1]
    if choice.group is None:
        usual = 64 if choice.bits == 8 else 32
        group = next((g for g in reversed(GROUPS) if g <= usual and columns % g == 0), usual)
    else:
        group = choice.group
    fitting = [str(g) for g in GROUPS if columns % g == 0]
    _require_groups(weight, group, f"Choose --group {' or '.join(fitting)}." if fitting else "Choose --quantize none.")
    return group


def _require_groups(weight: torch.Tensor, group: int, remedy: str) -> None:
    if weight.shape[-1] % group:
        what = f"Rows of {weight.shape[-1]} values cannot be quantized in groups of {group}."
        raise ExportError("invalid_argument", what, remedy)
