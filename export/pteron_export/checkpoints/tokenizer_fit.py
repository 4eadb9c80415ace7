"""Whether a tokenizer is the model's own; the rule of src/engine/models/consistency.ts."""

from pathlib import Path

from tokenizers import Tokenizer

from ..errors import ExportError

_BEYOND, _LEAST_PADDING = 16, 64


def require_fit(path: Path, vocabulary: int, markers: list[int]) -> None:
    """A model's vocabulary is often padded, by a twentieth at most; a few added tokens may lie beyond it (Gemma's image marker).
    markers: ids that the model's configuration names. Anything else is another model's tokenizer → tokenizer_invalid."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises plain exceptions
        raise ExportError("tokenizer_invalid", f"tokenizer.json cannot be read ({error}).", "Get it again.") from error
    size = tokenizer.get_vocab_size(with_added_tokens=True)
    remedy = "It belongs to another model: use the tokenizer.json of this one."
    if not vocabulary - max(_LEAST_PADDING, vocabulary / 20) <= size <= vocabulary + _BEYOND:
        raise ExportError("tokenizer_invalid", f"tokenizer.json has {size} tokens, but the model has {vocabulary}.", remedy)
    for id in markers:
        if not 0 <= id < vocabulary or tokenizer.id_to_token(id) is None:
            raise ExportError("tokenizer_invalid", f"The configuration names token {id}, which tokenizer.json lacks.", remedy)
