"""Failures that a user can meet, with the codes of src/protocol/errors.ts and a remedy."""


class ExportError(Exception):
    """An error with a stable code and a remedy; printed as `code: message remedy`."""

    def __init__(self, code: str, message: str, remedy: str = ""):
        super().__init__(message)
        self.code = code
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()} {self.remedy}".strip()
