"""The Hub's failures as coded errors."""

from contextlib import contextmanager

from huggingface_hub import constants, errors

from ..errors import ExportError
from .name import HubName

_LATER = "What was downloaded is kept: run the same command again to continue."


@contextmanager
def hub_errors(name: HubName):
    """Turns what huggingface_hub raises about `name` into ExportErrors."""
    try:
        yield
    except errors.GatedRepoError as error:
        raise access_denied(name, "is gated: its owner wants a licence accepted") from error
    except errors.RevisionNotFoundError as error:
        raise ExportError(
            "repository_not_found", f"{name.repository} has no revision '{name.revision}'.", "Name a branch, a tag or a commit.",
        ) from error  # fmt: skip
    except errors.EntryNotFoundError as error:
        raise ExportError("repository_not_found", f"{name} lacks a file that it announced.", "Try another revision.") from error
    except errors.RepositoryNotFoundError as error:
        raise ExportError(
            "repository_not_found", f"There is neither a folder nor a public repository {name.repository} on {constants.ENDPOINT}.",
            "Check the name; for a private one set HF_TOKEN.",
        ) from error  # fmt: skip
    except errors.OfflineModeIsEnabled as error:
        raise offline(f"{constants.ENDPOINT} may not be asked: HF_HUB_OFFLINE is set") from error
    except errors.HFValidationError as error:
        raise ExportError("invalid_argument", f"'{name.repository}' is no repository's name.", "Write it as org/name.") from error
    except errors.HfHubHTTPError as error:
        raise _of_status(name, error.response.status_code) from error
    except errors.HTTPError as error:
        raise offline(f"{constants.ENDPOINT} cannot be reached ({type(error).__name__})") from error


def _of_status(name: HubName, status: int) -> ExportError:
    if status in (401, 403):
        return access_denied(name, "may not be read with this token" if status == 403 else "wants a token")
    return offline(f"{constants.ENDPOINT} answered with status {status}")


def access_denied(name: HubName, why: str) -> ExportError:
    remedy = f"Open {constants.ENDPOINT}/{name.repository}, ask for access there, and set HF_TOKEN to a token that has it."
    return ExportError("access_denied", f"{name.repository} {why}.", remedy)


def offline(what: str) -> ExportError:
    return ExportError("network_unavailable", f"{what}.", f"Check the connection and proxy settings. {_LATER}")
