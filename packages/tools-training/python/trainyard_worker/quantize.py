"""`quantize`: a smaller model; an adapter is merged first."""

from . import model_source
from .outputs import publishing, size_of
from .spec import choice, number, required

METHODS = ("int8", "bnb-nf4", "bnb-int8", "gptq", "awq", "gguf")
WEIGHTS = (".safetensors", ".gguf", ".bin")


def run(job, events) -> dict:
    values = job.input
    method = choice(values, "method", "int8", METHODS)
    make = maker(method)
    events.phase("loading libraries")
    source = model_source.resolve(required(values, "model"))
    with publishing(job.output_dir, "model") as folder:
        before, parameters, modules = make(method, source, values, folder, events)
        after = size_of(folder, WEIGHTS)
    events.artifact("model", "model.quantized", "model")
    return {
        "method": method,
        "size_before_bytes": before,
        "size_after_bytes": after,
        "bits_per_weight": round(8.0 * after / parameters, 3),
        "parameters": parameters,
        "modules": modules,
    }


def maker(method: str):
    """Says what is missing before the model is loaded."""
    from .libraries import require

    if method == "int8":
        from .quantize_int8 import quantize_int8

        return quantize_int8
    if method.startswith("bnb"):
        require("bitsandbytes", f"quantize with method {method}")
        from .quantize_bnb import quantize_bnb

        return quantize_bnb
    if method == "gguf":
        from .quantize_gguf import quantize_gguf, require_llama_cpp

        require_llama_cpp()
        return quantize_gguf
    require("gptqmodel", f"quantize with method {method}")
    from .quantize_gptq import quantize_gptq

    return quantize_gptq


def bits_of(values: dict, default: int) -> int:
    return number(values, "bits", default, 2, 8, integer=True)
