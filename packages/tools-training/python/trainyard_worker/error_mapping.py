"""From any exception to the error event: the library's own words become a code and a fix."""

import errno
import re

from .errors import Cancelled, WorkerError

DISK_FULL = re.compile(r"No space left on device|inline_container\.cc.*unexpected pos", re.S)
OUT_OF_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory|bad_alloc", re.I)
PACKAGE_OF_MODULE = {"lm_eval": "lm-eval", "sklearn": "scikit-learn", "google": "protobuf"}


def describe(failure: BaseException) -> dict:
    error = to_worker_error(failure)
    return {"code": error.code, "message": one_line(error.message), "hint": error.hint, "data": error.data}


def to_worker_error(failure: BaseException) -> WorkerError:
    if isinstance(failure, Cancelled):
        return cancelled(failure)
    for cause in causes(failure):
        error = classify(cause)
        if error is not None:
            return error
    return WorkerError("WORKER_FAILED", f"{type(failure).__name__}: {failure}", "The traceback is in the log.")


def cancelled(stop: Cancelled) -> WorkerError:
    if not stop.args:
        return WorkerError("CANCELLED", "Stopped by SIGTERM; nothing was kept.")
    step, path = stop.args
    return WorkerError(
        "CANCELLED",
        f"Stopped by SIGTERM after step {step}; the checkpoint is {path}.",
        "Go on from it with resume_from_checkpoint.",
        {"step": step, "checkpoint": path},
    )


def causes(failure: BaseException):
    seen: set[int] = set()
    while failure is not None and id(failure) not in seen:
        seen.add(id(failure))
        yield failure
        failure = failure.__cause__ or failure.__context__


def classify(failure: BaseException) -> WorkerError | None:
    if isinstance(failure, WorkerError):
        return failure
    return resource_error(failure) or library_error(failure) or gated_error(failure) or hub_error(failure) or model_error(failure)


def resource_error(failure: BaseException) -> WorkerError | None:
    text = str(failure)
    if getattr(failure, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or DISK_FULL.search(text):
        return WorkerError("DISK_FULL", f"The disk is full: {text}", "Free space for the output directory.")
    oom = type(failure).__name__ == "OutOfMemoryError" or isinstance(failure, MemoryError)
    if oom or (isinstance(failure, RuntimeError) and OUT_OF_MEMORY.search(text)):
        return WorkerError(
            "OUT_OF_MEMORY",
            f"Out of memory: {text or type(failure).__name__}",
            "Halve per_device_train_batch_size and double gradient_accumulation_steps, then try gradient_checkpointing.",
        )
    return None


def library_error(failure: BaseException) -> WorkerError | None:
    name = None
    if isinstance(failure, ModuleNotFoundError) and failure.name:
        name = failure.name.split(".")[0]
    elif isinstance(failure, ImportError):
        found = re.search(r"pip install (?:-U |--upgrade )?[\"'`]?([A-Za-z0-9_.-]+)|requires ([A-Za-z0-9_-]+)", str(failure))
        name = next(filter(None, found.groups()), None) if found else None
    if name is None:
        return None
    package = PACKAGE_OF_MODULE.get(name, name)
    return WorkerError(
        "LIBRARY_MISSING",
        f"The Python package '{package}' is missing or too old in this environment: {failure}",
        f"Add {package} to the environment's requirements.",
        {"package": package},
    )


def gated_error(failure: BaseException) -> WorkerError | None:
    if not any(kind.__name__ == "GatedRepoError" for kind in type(failure).__mro__):
        return None
    return WorkerError(
        "MODEL_GATED",
        f"The model is gated: {failure}",
        "Accept its licence on the hub and set HF_TOKEN, or name an ungated model.",
    )


def hub_error(failure: BaseException) -> WorkerError | None:
    kinds = {kind.__name__ for kind in type(failure).__mro__}
    if kinds & {"RepositoryNotFoundError", "RevisionNotFoundError", "LocalEntryNotFoundError", "OfflineModeIsEnabled"}:
        return WorkerError("MODEL_NOT_FOUND", f"The model was not found: {failure}", "Check the name, the revision and the network.")
    return None


def download_error(failure: BaseException) -> WorkerError | None:
    """Why a download failed, where it is not the model's name: the reason can lie below the library's own error."""
    for cause in causes(failure):
        error = gated_error(cause) or resource_error(cause) or unreachable_error(cause)
        if error is not None:
            return error
    return None


def unreachable_error(failure: BaseException) -> WorkerError | None:
    kinds = {kind.__name__ for kind in type(failure).__mro__}
    status = getattr(getattr(failure, "response", None), "status_code", 0)
    cut_off = kinds & {"TransportError", "ConnectionError", "TimeoutError"} and "OfflineModeIsEnabled" not in kinds
    if not cut_off and status < 500 and status != 429:
        return None
    return WorkerError(
        "HUB_UNREACHABLE",
        f"The hub cannot be reached: {type(failure).__name__}: {failure}",
        "Try again, check the network and HF_ENDPOINT, or give a folder.",
    )


def model_error(failure: BaseException) -> WorkerError | None:
    kind, text = type(failure).__name__, str(failure)
    if kind == "NoMatchingPeftModuleError" or re.search(r"Target modules .* not found", text):
        return WorkerError("NO_TARGET_MODULES", text, 'Use target_modules "all-linear" or names that the model has.')
    if kind == "SafetensorError":
        return WorkerError("INPUT_INVALID", f"A safetensors file is damaged: {text}", "Make or fetch the model again.")
    return None


def one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 600 else line[:597] + "..."
