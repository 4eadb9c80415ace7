"""Failures that a user can meet, with the codes of src/protocol/errors.ts and a remedy."""

import errno


class ExportError(Exception):
    """An error with a stable code and a remedy; printed as `code: message remedy`."""

    def __init__(self, code: str, message: str, remedy: str = ""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.code}: {self.message} {self.remedy}".strip()


def program_differs(message: str) -> ExportError:
    """A written program disagrees with transformers."""
    remedy = "Nothing was installed. This is a defect of the recipe or of the delegate: report it with this message."
    return ExportError("program_invalid", message, remedy)


def coded(error: Exception) -> ExportError:
    """Any failure as a coded one; what nobody expected is a defect of ours."""
    if isinstance(error, ExportError):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ExportError("disk_full", f"No space left ({error.filename or error.strerror}).", "Free some space and export again.")
    if isinstance(error, MemoryError) or "not enough memory" in str(error):  # PyTorch's allocator raises a RuntimeError
        return ExportError("out_of_memory", "The export needs more memory than this machine has.", "Close other programs.")
    text = " ".join(str(error).split())[:300]
    return ExportError("internal", f"{type(error).__name__}: {text}", "Set PTERON_DEBUG=1 for the trace, and report it.")
