"""Outputs appear under their name only when they are whole."""

import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def publishing(output_dir: Path, name: str):
    """Yields a temporary folder that becomes `output_dir/name` when the block succeeds."""
    partial = output_dir / f".{name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    open_to_readers(partial)
    final = output_dir / name
    shutil.rmtree(final, ignore_errors=True)
    os.replace(partial, final)


def open_to_readers(folder: Path) -> None:
    """Weights are written with mode 0600; who reads an output may be another user than a container's."""
    for file in folder.rglob("*"):
        file.chmod(file.stat().st_mode | (0o755 if file.is_dir() else 0o644))


def write_json(path: Path, value) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")


def size_of(folder: Path, suffixes: tuple[str, ...]) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.suffix in suffixes)
