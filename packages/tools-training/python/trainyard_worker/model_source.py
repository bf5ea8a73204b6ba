"""Where a model's files are: a folder or a hub name, always without pickled weights."""

import json
from dataclasses import dataclass
from pathlib import Path

from .error_mapping import download_error
from .errors import WorkerError, input_invalid

PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
HUB_FILES = ["*.safetensors", "*.json", "*.model", "*.txt", "*.jinja"]
# Folders hold other formats; consolidated files are the same weights once more.
NOT_NEEDED = ["*/*", "consolidated*.safetensors"]


@dataclass(frozen=True)
class ModelSource:
    folder: Path
    adapter: Path | None
    name: str | None

    @property
    def is_int8(self) -> bool:
        return (self.folder / "quantization.json").is_file()

    @property
    def base_name(self) -> str:
        """What an adapter says about its base: never a path of this machine."""
        return self.name or "trainyard-base"


def resolve(value) -> ModelSource:
    model = {"name": value} if isinstance(value, str) else value
    if not isinstance(model, dict) or not (model.get("path") or model.get("name")):
        raise input_invalid("'model' needs a path of a model folder or a hub name.")
    folder = local_folder(model["path"]) if model.get("path") else hub_folder(model["name"], model.get("revision"))
    refuse_pickle(folder, model.get("name") or str(folder))
    adapter = Path(model["adapter"]) if model.get("adapter") else None
    if adapter is not None:
        check_adapter(adapter)
    return ModelSource(folder, adapter, model.get("name"))


def local_folder(path: str) -> Path:
    folder = Path(path)
    if not folder.is_dir():
        raise WorkerError("MODEL_NOT_FOUND", f"The model folder {folder} does not exist.", "Check the path.")
    if not (folder / "config.json").is_file() and not any(folder.glob("*.gguf")):
        hint = "This is an adapter: give its base model too." if (folder / "adapter_config.json").is_file() else ""
        raise WorkerError("MODEL_NOT_FOUND", f"{folder} is no model folder: config.json is missing.", hint)
    return folder


def hub_folder(name: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError
    from httpx import HTTPError

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=HUB_FILES, ignore_patterns=NOT_NEEDED))
    except (OSError, HTTPError, HFValidationError) as problem:
        known = download_error(problem)
        if known is not None:
            raise known from problem
        raise WorkerError(
            "MODEL_NOT_FOUND",
            f"The model '{name}' was not found locally, and the hub did not give it: {type(problem).__name__}: {problem}",
            "Check the name and the network (HF_HUB_OFFLINE, HF_ENDPOINT, HF_TOKEN), or give a folder.",
        ) from problem


def refuse_pickle(folder: Path, shown: str) -> None:
    files = [file.name for file in folder.iterdir()]
    if any(name.endswith((".safetensors", ".gguf")) for name in files):
        return
    pickled = sorted(name for name in files if name.endswith(PICKLED))
    found = f"only pickled weights ({', '.join(pickled)})" if pickled else "no safetensors weights"
    raise WorkerError(
        "UNSAFE_WEIGHTS",
        f"The model {shown} has {found}; loading never unpickles.",
        "Convert it to safetensors first.",
        {"files": pickled},
    )


def check_adapter(folder: Path) -> None:
    if not (folder / "adapter_config.json").is_file():
        raise WorkerError("MODEL_NOT_FOUND", f"{folder} is no adapter folder: adapter_config.json is missing.", "Check the path.")
    refuse_pickle(folder, str(folder))


def name_base(adapter_folder: Path, base_name: str) -> None:
    file = adapter_folder / "adapter_config.json"
    config = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**config, "base_model_name_or_path": base_name}, indent=2, sort_keys=True) + "\n", "utf-8")
