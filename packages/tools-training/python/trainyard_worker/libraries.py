"""Optional libraries: named when they are missing, before any slow work."""

import importlib.util
import shutil

from .errors import library_missing


def require(module: str, purpose: str, package: str | None = None) -> None:
    if importlib.util.find_spec(module) is None:
        raise library_missing(package or module, purpose)


def require_command(names: tuple[str, ...], purpose: str, package: str) -> str:
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise library_missing(package, f"{purpose} ({' or '.join(names)} on PATH)")
