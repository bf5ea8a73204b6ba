"""`probe`: what this environment can do; missing things are findings, not failures."""

import importlib
import importlib.metadata
import platform

DEFAULT_IMPORTS = ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "tokenizers", "safetensors")


def run(job, events) -> dict:
    versions, failures = {}, {}
    names = [str(name) for name in job.input.get("imports") or DEFAULT_IMPORTS]
    for done, name in enumerate(names, 1):
        try:
            versions[name] = version_of(importlib.import_module(name), name)
        # A library can fail to load with anything, SystemExit included.
        except (Exception, SystemExit) as problem:
            failures[name] = f"{type(problem).__name__}: {problem}"
        events.progress(done, len(names), "imports", name)
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions,
        "failures": failures,
        **accelerator(),
    }


def version_of(module, name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return str(getattr(module, "__version__", "unknown"))


def accelerator() -> dict:
    none = {"cuda": False, "cuda_version": None, "gpus": []}
    try:
        import torch
    except Exception:
        return none
    if not torch.cuda.is_available():
        return {**none, "cuda_version": torch.version.cuda}
    devices = [torch.cuda.get_device_properties(index) for index in range(torch.cuda.device_count())]
    gpus = [{"name": device.name, "memory_bytes": device.total_memory} for device in devices]
    return {"cuda": True, "cuda_version": torch.version.cuda, "gpus": gpus}
