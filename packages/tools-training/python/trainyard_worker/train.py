"""`train`: from scratch on a model config, or on from a base model."""

from pathlib import Path

from . import dataset
from .errors import input_invalid
from .spec import number, required

DEFAULT_CONFIG = {
    "hidden_size": 128,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "intermediate_size": 344,
}
DESCRIPTION = "tiny random-init demo model, trained from scratch"


def run(job, events) -> dict:
    values = job.input
    events.phase("reading data")
    from .training_data import SFT_FORMATS

    rows = dataset.load(required(values, "dataset"), SFT_FORMATS)
    eval_rows = dataset.load(values["eval_dataset"], SFT_FORMATS) if values.get("eval_dataset") else None
    if values.get("model_config") and values.get("base_model"):
        raise input_invalid("Give model_config (from scratch) or base_model (continued), not both.")
    events.phase("loading libraries")
    from transformers import set_seed

    from .sft import train_sft

    set_seed(number(values, "seed", 42, 0, integer=True))
    scratch = not values.get("base_model")
    model, tokenizer = from_scratch(values, rows, events) if scratch else continued(values, events)
    result = train_sft(job, events, model, tokenizer, rows, eval_rows, kind="model")
    return {**result, "description": DESCRIPTION} if scratch else result


def from_scratch(values: dict, rows, events):
    from transformers import AutoConfig, LlamaConfig, LlamaForCausalLM

    checkpoint = values.get("resume_from_checkpoint")
    tokenizer = make_tokenizer(values, rows, events)
    if checkpoint:
        return LlamaForCausalLM(AutoConfig.from_pretrained(checkpoint)), tokenizer
    max_length = number(values, "max_length", 512, 2, integer=True)
    settings = {"max_position_embeddings": max_length, **DEFAULT_CONFIG, **(values.get("model_config") or {})}
    settings.update(
        vocab_size=len(tokenizer),
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    try:
        return LlamaForCausalLM(LlamaConfig(**settings)), tokenizer
    except (TypeError, ValueError) as problem:
        raise input_invalid(f"model_config makes no model: {problem}") from problem


def make_tokenizer(values: dict, rows, events):
    from .tokenizer import ensure_usable, train_tokenizer

    wanted = values.get("tokenizer") or {"train": {"vocab_size": 512}}
    max_length = number(values, "max_length", 512, 2, integer=True)
    if values.get("resume_from_checkpoint"):
        # Ids mean what they meant to the weights in the checkpoint.
        wanted = values["resume_from_checkpoint"]
    elif isinstance(wanted, dict) and wanted.get("train") is not None:
        events.phase("training the tokenizer")
        return train_tokenizer(rows.rows, rows.format, wanted["train"].get("vocab_size", 512), max_length)
    tokenizer = load_tokenizer(wanted)
    ensure_usable(tokenizer, events)
    return tokenizer


def load_tokenizer(wanted):
    from transformers import AutoTokenizer

    from .errors import WorkerError

    name = wanted if isinstance(wanted, str) else wanted.get("path") or wanted.get("name")
    if not name:
        raise input_invalid("tokenizer needs {train: {vocab_size}}, a path or a hub name.")
    if Path(name).is_absolute() and not Path(name).is_dir():
        raise WorkerError("MODEL_NOT_FOUND", f"The tokenizer folder {name} does not exist.", "Check the path.")
    return AutoTokenizer.from_pretrained(name)


def continued(values: dict, events):
    from . import model_loading, model_source
    from .trainable import full_model

    events.phase("loading the model")
    source = model_source.resolve(values["base_model"])
    return full_model(source), model_loading.load_tokenizer(source)
