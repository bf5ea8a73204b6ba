"""Trainer arguments from a tool's input; the defaults stand here once."""

from pathlib import Path

from .spec import choice, number

SCHEDULERS = (
    "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup", "inverse_sqrt",
)


def common_arguments(values: dict, checkpoints: Path, has_eval: bool) -> dict:
    save_steps = number(values, "save_steps", None, 1, integer=True)
    return {
        "output_dir": str(checkpoints),
        "max_length": number(values, "max_length", 512, 2, integer=True),
        "num_train_epochs": number(values, "num_train_epochs", 3, 0),
        "max_steps": number(values, "max_steps", -1, -1, integer=True),
        "per_device_train_batch_size": number(values, "per_device_train_batch_size", 8, 1, integer=True),
        "per_device_eval_batch_size": number(values, "per_device_eval_batch_size", 8, 1, integer=True),
        "gradient_accumulation_steps": number(values, "gradient_accumulation_steps", 1, 1, integer=True),
        "gradient_checkpointing": bool(values.get("gradient_checkpointing", False)),
        "learning_rate": number(values, "learning_rate", 5e-5, 0),
        "lr_scheduler_type": choice(values, "lr_scheduler_type", "cosine", SCHEDULERS),
        "warmup_steps": warmup(values),
        "weight_decay": number(values, "weight_decay", 0.0, 0),
        "max_grad_norm": number(values, "max_grad_norm", 1.0, 0),
        "seed": number(values, "seed", 42, 0, integer=True),
        "logging_steps": number(values, "logging_steps", 10, 1, integer=True),
        "logging_first_step": True,
        # With the filter on, a diverged run logs a loss of 0 and ends well.
        "logging_nan_inf_filter": False,
        "save_strategy": "steps" if save_steps else "no",
        "save_steps": save_steps or 500,
        "save_total_limit": number(values, "save_total_limit", 2, 1, integer=True),
        "eval_strategy": choice(values, "eval_strategy", "no", ("no", "epoch", "steps")) if has_eval else "no",
        "eval_steps": number(values, "eval_steps", None, 1, integer=True),
        "report_to": "none",
        "disable_tqdm": True,
        **precision(values),
    }


def warmup(values: dict) -> float:
    """The trainer reads a value below 1 as a share of all steps."""
    steps = number(values, "warmup_steps", 0, 0)
    return steps or number(values, "warmup_ratio", 0.0, 0, 0.999)


def precision(values: dict) -> dict:
    import torch

    bf16 = choice(values, "bf16", "auto", ("auto", True, False))
    if bf16 == "auto":
        bf16 = torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    return {"bf16": bf16, "use_cpu": not torch.accelerator.is_available()}


def sft_arguments(values: dict, checkpoints: Path, has_eval: bool):
    from trl import SFTConfig

    return SFTConfig(
        **common_arguments(values, checkpoints, has_eval),
        packing=bool(values.get("packing", False)),
        completion_only_loss=values.get("completion_only_loss") is not False,
        loss_type="nll" if targets_head(values) else None,
    )


def dpo_arguments(values: dict, checkpoints: Path, has_eval: bool):
    from trl import DPOConfig

    return DPOConfig(**common_arguments(values, checkpoints, has_eval), beta=number(values, "beta", 0.1, 0))


def targets_head(values: dict) -> bool:
    """The trainer's default loss reads the output layer's weight and would miss an adapter on it."""
    return "lm_head" in (values.get("target_modules") or "")
