"""One training, whatever the trainer: run, stop on SIGTERM with a checkpoint, evaluate, save, report."""

import math
import resource
import sys
from pathlib import Path
from typing import NoReturn

from . import cancel
from .errors import Cancelled, WorkerError, input_invalid
from .model_source import name_base, refuse_pickle
from .outputs import publishing, write_json
from .trainer_events import EventCallback, clean_checkpoint, non_finite


def run_training(trainer, job, events, kind: str, base_name: str) -> dict:
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(EventCallback(events, base_name))
    cancel.defer(True)
    try:
        values = train_and_evaluate(trainer, job, events)
    except Cancelled:
        stop_with_checkpoint(trainer, events, base_name)
    events.phase("saving")
    save(trainer, job, kind, base_name)
    remove_if_empty(job.output_dir / "checkpoints")
    events.artifact("model", kind, "model")
    return values


def remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def train_and_evaluate(trainer, job, events) -> dict:
    outcome = trainer.train(resume_from_checkpoint=checkpoint_folder(job.input))
    raise_if_cancelled()
    values = train_values(trainer, outcome.metrics)
    if trainer.eval_dataset is not None:
        events.phase("evaluating")
        values["eval_loss"] = evaluated_loss(trainer)
        raise_if_cancelled()
    return values


def raise_if_cancelled() -> None:
    if cancel.requested():
        raise Cancelled()


def checkpoint_folder(values: dict) -> str | None:
    path = values.get("resume_from_checkpoint")
    if path is None:
        return None
    folder = Path(str(path))
    if not (folder / "trainer_state.json").is_file():
        raise input_invalid(f"resume_from_checkpoint {folder} is no checkpoint: trainer_state.json is missing.")
    refuse_pickle(folder, str(folder))
    return str(folder)


def stop_with_checkpoint(trainer, events, base_name: str) -> NoReturn:
    step = trainer.state.global_step
    folder = Path(trainer.args.output_dir) / f"checkpoint-{step}"
    if not step:
        raise Cancelled()
    if not folder.is_dir():
        trainer._save_checkpoint(trainer.model, trial=None)
        clean_checkpoint(folder, base_name)
    path = f"checkpoints/{folder.name}"
    events.artifact("checkpoint", "checkpoint", path)
    raise Cancelled(step, path)


def train_values(trainer, metrics: dict) -> dict:
    if not math.isfinite(metrics["train_loss"]):
        raise non_finite("train_loss", trainer.state.global_step, metrics["train_loss"])
    return {
        "train_loss": metrics["train_loss"],
        "steps": trainer.state.global_step,
        "epochs": round(trainer.state.epoch or 0.0, 4),
        "train_runtime_s": metrics["train_runtime"],
        "train_samples_per_second": metrics["train_samples_per_second"],
        # Packed 4-bit weights have fewer numbers than parameters.
        "parameters": trainer.model.num_parameters(),
        "peak_memory_bytes": peak_memory_bytes(),
    }


def evaluated_loss(trainer) -> float:
    loss = trainer.evaluate()["eval_loss"]
    if not math.isfinite(loss):
        raise non_finite("eval_loss", trainer.state.global_step, loss)
    return loss


def peak_memory_bytes() -> int:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def save(trainer, job, kind: str, base_name: str) -> None:
    # The trainer turns the cache off for itself; whoever generates with the model wants it.
    trainer.model.config.use_cache = True
    with publishing(job.output_dir, "model") as folder:
        trainer.save_model(str(folder))
        for name in ("training_args.bin", "README.md"):
            (folder / name).unlink(missing_ok=True)
        if kind == "model.adapter":
            name_base(folder, base_name)
            drop_reference_adapter(folder)
        write_json(folder / "training_args.json", recorded_arguments(trainer.args))
        weights = "adapter_model" if kind == "model.adapter" else "model"
        if not any(folder.glob(f"{weights}*.safetensors")):
            raise WorkerError("WORKER_FAILED", f"The trainer wrote no {weights} safetensors.")


def drop_reference_adapter(folder: Path) -> None:
    """Only the trained adapter is an output; a reference copy that DPO keeps is not."""
    reference = folder / "ref"
    if reference.is_dir():
        for file in reference.iterdir():
            file.unlink()
        reference.rmdir()


def recorded_arguments(args) -> dict:
    """All arguments but those that name this machine or a secret."""
    hidden = ("output_dir", "logging_dir", "local_rank", "run_name", "hub_token", "hub_model_id", "push_to_hub_token")
    values = {key: value for key, value in args.to_dict().items() if key not in hidden}
    return {key: value for key, value in values.items() if plain(value)}


def plain(value) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, (str, int, bool)) or value is None
