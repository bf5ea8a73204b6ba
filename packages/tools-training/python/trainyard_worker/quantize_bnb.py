"""bitsandbytes: 4-bit NF4 or LLM.int8, saved quantized."""

from pathlib import Path


def quantize_bnb(method: str, source, values: dict, folder: Path, events) -> tuple[int, int, int]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from .merged import merged_folder

    events.phase("loading the model")
    with merged_folder(source, folder) as (plain, before, parameters):
        events.phase("quantizing")
        model = AutoModelForCausalLM.from_pretrained(
            str(plain), quantization_config=bnb_settings(method, values), device_map="auto", use_safetensors=True
        )
        model.save_pretrained(folder)
        AutoTokenizer.from_pretrained(str(plain)).save_pretrained(folder)
    modules = sum(type(module).__name__ in ("Linear4bit", "Linear8bitLt") for module in model.modules())
    return before, parameters, modules


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
