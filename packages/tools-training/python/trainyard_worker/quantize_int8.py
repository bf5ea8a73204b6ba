"""int8 weights with a scale per output channel: no further library, and it runs on a CPU."""

from pathlib import Path

from .errors import input_invalid
from .quantize import bits_of


def quantize_int8(_method: str, source, values: dict, folder: Path, events) -> tuple[int, int, int]:
    from .int8_files import save_int8
    from .int8_linear import Int8Linear, replace_linears
    from .merged import load_merged, parameter_bytes, parameter_count
    from .model_loading import load_tokenizer

    if bits_of(values, 8) != 8:
        raise input_invalid(f"bits is {values['bits']}; method int8 has 8.", "Use bnb-nf4, gptq, awq or gguf for fewer.")
    skipped = values.get("skip_modules")
    skipped = ["lm_head"] if skipped is None else skipped
    events.phase("loading the model")
    model = load_merged(source).eval()
    before, parameters = parameter_bytes(model), parameter_count(model)
    events.phase("quantizing")
    modules = replace_linears(model, lambda name: not is_skipped(name, skipped), Int8Linear.from_linear)
    if not modules:
        raise input_invalid(f"No linear layer is left to quantize with skip_modules {skipped}.")
    events.phase("saving")
    save_int8(model, modules, skipped, folder)
    load_tokenizer(source).save_pretrained(folder)
    return before, parameters, len(modules)


def is_skipped(name: str, skipped: list[str]) -> bool:
    return any(name == skip or name.endswith(f".{skip}") or f".{skip}." in f".{name}" for skip in skipped)
