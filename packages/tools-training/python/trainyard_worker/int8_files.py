"""The int8 format on disk: config, tokenizer, `model.int8.safetensors` and `quantization.json`.

The weights have a file name of their own, so that a plain loader fails instead of reading integers as floats.
"""

import json
from pathlib import Path

from .errors import input_invalid
from .outputs import write_json

FORMAT, VERSION, WEIGHTS = "trainyard-int8", 1, "model.int8.safetensors"


def save_int8(model, modules: list[str], skipped: list[str], folder: Path) -> None:
    from safetensors.torch import save_file

    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    tied = set(tied_names(model))
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items() if name not in tied}
    save_file(tensors, str(folder / WEIGHTS), metadata={"format": "pt"})
    write_json(
        folder / "quantization.json",
        {
            "format": FORMAT,
            "version": VERSION,
            "bits": 8,
            "scheme": "symmetric, one float32 scale per output channel",
            "weights": WEIGHTS,
            "modules": modules,
            "skipped": skipped,
        },
    )


def load_int8(folder: Path):
    import torch
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig

    from .int8_linear import Int8Linear, replace_linears

    names = set(read_description(folder)["modules"])
    config = AutoConfig.from_pretrained(str(folder))
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    replace_linears(
        model, names.__contains__, lambda linear: Int8Linear(linear.out_features, linear.in_features, linear.bias is not None)
    )
    report = model.load_state_dict(load_file(str(folder / WEIGHTS)), strict=False)
    missing = set(report.missing_keys) - set(tied_names(model))
    if missing or report.unexpected_keys:
        raise input_invalid(f"{folder / WEIGHTS} does not fit its config: {sorted(missing)[:3]} {report.unexpected_keys[:3]}")
    if (folder / "generation_config.json").is_file():
        model.generation_config = GenerationConfig.from_pretrained(str(folder))
    return model.eval()


def tied_names(model) -> list[str]:
    """Names of parameters that are another parameter too: stored once, tied again on load."""
    first: dict[int, str] = {}
    tied = []
    for name, tensor in model.named_parameters(remove_duplicate=False):
        if first.setdefault(id(tensor), name) != name:
            tied.append(name)
    return tied


def read_description(folder: Path) -> dict:
    description = json.loads((folder / "quantization.json").read_text("utf-8"))
    if description.get("format") != FORMAT or description.get("version") != VERSION:
        raise input_invalid(f"{folder}/quantization.json is not {FORMAT} version {VERSION}.")
    return description
