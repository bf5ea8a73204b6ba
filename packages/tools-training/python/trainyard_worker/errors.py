"""Failures that name a code, the thing at fault and the fix."""


class WorkerError(Exception):
    def __init__(self, code: str, message: str, hint: str = "", data: dict | None = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.data = data or {}


class Cancelled(BaseException):
    """Raised by SIGTERM; no Exception, so that no library swallows it."""


def input_invalid(message: str, hint: str = "", **data) -> WorkerError:
    return WorkerError("INPUT_INVALID", message, hint, data)


def dataset_invalid(message: str, hint: str = "", **data) -> WorkerError:
    return WorkerError("DATASET_INVALID", message, hint, data)


def library_missing(package: str, purpose: str) -> WorkerError:
    return WorkerError(
        "LIBRARY_MISSING",
        f"{purpose} needs the Python package '{package}', which this environment does not have.",
        f"Add {package} to the environment (create_env requirements), or choose a method that does not need it.",
        {"package": package},
    )
