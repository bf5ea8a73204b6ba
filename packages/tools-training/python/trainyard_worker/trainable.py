"""Models made ready for training: all weights, or an adapter on top."""

from .errors import input_invalid
from .model_loading import load_base, with_adapter
from .model_source import ModelSource
from .spec import choice, number


def full_model(source: ModelSource):
    """All weights, in single precision; an adapter becomes part of them."""
    import torch

    refuse_int8(source)
    model = load_base(source, torch.float32)
    # Merging leaves the weights that the adapter sat on frozen.
    return with_adapter(model, source, merge=True).requires_grad_(True) if source.adapter else model


def adapter_model(source: ModelSource, values: dict, method: str, events):
    """The base with a new adapter, or with the one that it came with to go on from."""
    from peft import get_peft_model, prepare_model_for_kbit_training

    refuse_int8(source)
    if method == "qlora":
        model = load_base(source, "auto", quantization_config=bnb_config(values))
        checkpointing = bool(values.get("gradient_checkpointing", False))
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=checkpointing)
    else:
        model = load_base(source, frozen_dtype(values))
    if source.adapter is not None:
        events.log("Going on with the model's own adapter: its rank, alpha and target modules hold.")
        return with_adapter(model, source, merge=False, trainable=True)
    return get_peft_model(model, lora_config(values))


def refuse_int8(source: ModelSource) -> None:
    if source.is_int8:
        raise input_invalid("An int8 model cannot be trained.", "Train its full-precision model, then quantize.")


def frozen_dtype(values: dict):
    """Frozen weights may stay in the precision that they are stored in where bf16 is at home."""
    import torch

    from .trainer_args import precision

    return "auto" if precision(values)["bf16"] else torch.float32


def lora_config(values: dict):
    from peft import LoraConfig

    return LoraConfig(
        task_type="CAUSAL_LM",
        r=number(values, "lora_r", 16, 1, integer=True),
        lora_alpha=number(values, "lora_alpha", 32, 1),
        lora_dropout=number(values, "lora_dropout", 0.05, 0, 1),
        target_modules=values.get("target_modules") or "all-linear",
        use_rslora=bool(values.get("use_rslora", False)),
    )


def bnb_config(values: dict):
    import torch
    from transformers import BitsAndBytesConfig

    from .libraries import require

    require("bitsandbytes", "qlora")
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=choice(values, "quant_type", "nf4", ("nf4", "fp4")),
        bnb_4bit_use_double_quant=values.get("double_quant") is not False,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
