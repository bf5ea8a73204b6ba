"""`finetune`: all weights, LoRA, QLoRA, or preferences with DPO."""

from . import dataset
from .errors import WorkerError
from .libraries import require
from .spec import choice, number, required

METHODS = ("full", "lora", "qlora", "dpo")


def run(job, events) -> dict:
    values = job.input
    method = choice(values, "method", "lora", METHODS)
    if method == "qlora":
        require("bitsandbytes", "finetune with method qlora")
    events.phase("reading data")
    rows, eval_rows = load_rows(values, method)
    events.phase("loading libraries")
    from transformers import set_seed

    from . import model_loading, model_source

    set_seed(number(values, "seed", 42, 0, integer=True))
    source = model_source.resolve(required(values, "model"))
    events.phase("loading the model")
    tokenizer = model_loading.load_tokenizer(source)
    with_adapter = method in ("lora", "qlora") or (method == "dpo" and values.get("use_lora") is not False)
    model = load_model(source, values, method, with_adapter, events)
    counts = {"trainable_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad)}
    kind = "model.adapter" if with_adapter else "model"
    trained = trainer_of(method)(job, events, model, tokenizer, rows, eval_rows, kind, source.base_name)
    return {**trained, **counts}


def load_rows(values: dict, method: str):
    from .training_data import SFT_FORMATS

    wanted = ("preference",) if method == "dpo" else SFT_FORMATS
    rows = dataset.load(required(values, "dataset"), wanted)
    return rows, dataset.load(values["eval_dataset"], wanted) if values.get("eval_dataset") else None


def trainer_of(method: str):
    if method == "dpo":
        from .dpo import train_dpo

        return train_dpo
    from .sft import train_sft

    return train_sft


def load_model(source, values: dict, method: str, with_adapter: bool, events):
    from peft.utils.error import NoMatchingPeftModuleError

    from .trainable import adapter_model, full_model

    if not with_adapter:
        return full_model(source)
    try:
        return adapter_model(source, values, method, events)
    except NoMatchingPeftModuleError as problem:
        raise no_target_modules(source, values.get("target_modules")) from problem


def no_target_modules(source, wanted) -> WorkerError:
    import torch

    from .model_loading import load_base

    linears = [name for name, module in load_base(source).named_modules() if isinstance(module, torch.nn.Linear)]
    known = sorted({name.rpartition(".")[2] for name in linears})
    return WorkerError(
        "NO_TARGET_MODULES",
        f"target_modules {wanted!r} match no layer of the model; its linear layers are {', '.join(known)}.",
        'Use target_modules "all-linear" or some of these names.',
        {"known": known},
    )
