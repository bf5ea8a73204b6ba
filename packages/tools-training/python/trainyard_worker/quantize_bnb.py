"""bitsandbytes: 4-bit NF4 or LLM.int8, saved quantized."""

from pathlib import Path

# What `_convert_weight_packed_for_cpu` of bitsandbytes asks of a weight: whole tiles of outputs, whole blocks of inputs.
OUTPUT_TILE = 32
INPUT_BLOCK = 64


def quantize_bnb(method: str, source, values: dict, folder: Path, events) -> tuple[int, int, int]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from .merged import merged_folder

    events.phase("loading the model")
    with merged_folder(source, folder) as (plain, before, parameters):
        events.phase("quantizing")
        settings = bnb_settings(method, {**values, "skip_modules": skipped_modules(method, values, plain, events)})
        model = AutoModelForCausalLM.from_pretrained(
            str(plain), quantization_config=settings, device_map="auto", use_safetensors=True
        )
        model.save_pretrained(folder)
        AutoTokenizer.from_pretrained(str(plain)).save_pretrained(folder)
    modules = sum(type(module).__name__ in ("Linear4bit", "Linear8bitLt") for module in model.modules())
    return before, parameters, modules


def skipped_modules(method: str, values: dict, plain: Path, events) -> list[str]:
    """Modules to leave as they are: those asked for, and those that the 4-bit CPU kernel cannot multiply."""
    skipped = list(values.get("skip_modules", ["lm_head"]))
    odd = odd_modules(plain) if method == "bnb-nf4" else []
    if odd:
        names = ", ".join(odd[:3]) + (" …" if len(odd) > 3 else "")
        why = f"their widths are no multiples of {OUTPUT_TILE} and {INPUT_BLOCK}"
        events.log(f"{len(odd)} modules stay in 16 bits, {why}: {names}", "warning")
    return skipped + odd


def odd_modules(plain: Path) -> list[str]:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(str(plain)))
    linears = (item for item in model.named_modules() if isinstance(item[1], torch.nn.Linear))
    return [name for name, module in linears if module.out_features % OUTPUT_TILE or module.in_features % INPUT_BLOCK]


def bnb_settings(method: str, values: dict):
    import torch
    from transformers import BitsAndBytesConfig

    skipped = values.get("skip_modules", ["lm_head"])
    if method == "bnb-int8":
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=skipped)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
        llm_int8_skip_modules=skipped,
    )
