"""The job a worker process gets, and typed reads from its input."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from .errors import input_invalid

MISSING = object()


@dataclass(frozen=True)
class Job:
    tool: str
    input: dict
    output_dir: Path
    threads: int | None


def read(tool: str, path: str) -> Job:
    try:
        spec = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise input_invalid(f"The spec {path} cannot be read: {problem}") from problem
    if not isinstance(spec, dict) or not isinstance(spec.get("input"), dict):
        raise input_invalid(f"The spec {path} needs an object 'input'.")
    if spec.get("tool", tool) != tool:
        raise input_invalid(f"The spec is for '{spec['tool']}', the command says '{tool}'.")
    output_dir = Path(str(spec.get("output_dir", "")))
    if not output_dir.is_absolute():
        raise input_invalid(f"output_dir must be an absolute path, not '{output_dir}'.")
    output_dir.mkdir(parents=True, exist_ok=True)
    return Job(tool, spec["input"], output_dir, spec.get("threads"))


def prepare_process(job: Job) -> None:
    """Runs before any heavy import: the libraries read these variables when they load."""
    if job.threads:
        os.environ["OMP_NUM_THREADS"] = str(job.threads)
    # Threads that spin while they wait make steps many times slower when other work shares the cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")


def number(values: dict, name: str, default, low=None, high=None, integer: bool = False):
    value = values.get(name)
    if value is None:
        return default
    wanted = int if integer else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise input_invalid(f"{name} must be {'an integer' if integer else 'a number'}, not {value!r}.")
    if (low is not None and value < low) or (high is not None and value > high):
        raise input_invalid(f"{name} is {value}; it must be {bounds(low, high)}.")
    return value


def bounds(low, high) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"between {low} and {high}"


def choice(values: dict, name: str, default, allowed: tuple):
    value = values.get(name)
    value = default if value is None else value
    if value not in allowed:
        raise input_invalid(f"{name} is {value!r}; it must be one of {', '.join(map(str, allowed))}.")
    return value


def required(values: dict, name: str):
    if values.get(name) is None:
        raise input_invalid(f"'{name}' is missing from the input.")
    return values[name]
