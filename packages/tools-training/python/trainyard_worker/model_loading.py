"""From a model source to a model and a tokenizer in memory."""

from .errors import input_invalid
from .model_source import ModelSource
from .outputs import size_of

WEIGHTS = (".safetensors", ".gguf")


def device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def load_tokenizer(source: ModelSource):
    from transformers import AutoTokenizer

    # The adapter's tokenizer is the one that it was trained with.
    own = source.adapter is not None and (source.adapter / "tokenizer_config.json").is_file()
    folder = source.adapter if own else source.folder
    return AutoTokenizer.from_pretrained(str(folder), **gguf_option(source, own))


def gguf_option(source: ModelSource, own_tokenizer: bool = False) -> dict:
    if own_tokenizer or any(source.folder.glob("*.safetensors")):
        return {}
    return {"gguf_file": next(source.folder.glob("*.gguf")).name}


def load_base(source: ModelSource, dtype="auto", **options):
    if source.is_int8:
        from .int8_files import load_int8

        return load_int8(source.folder)
    from transformers import AutoModelForCausalLM

    safe = {} if gguf_option(source) else {"use_safetensors": True}
    return AutoModelForCausalLM.from_pretrained(
        str(source.folder), dtype=dtype, trust_remote_code=False, **safe, **gguf_option(source), **options
    )


def load_for_inference(source: ModelSource):
    import torch

    # On a CPU, half precision is slower than single and rounds more.
    model = load_base(source, "auto" if device() == "cuda" else torch.float32)
    if source.adapter is not None:
        model = with_adapter(model, source, merge=True)
    if not getattr(model, "hf_device_map", None):
        model.to(device())
    return model.eval()


def with_adapter(model, source: ModelSource, merge: bool, trainable: bool = False):
    from peft import PeftModel

    if source.is_int8:
        raise input_invalid("An adapter cannot be put on an int8 model.", "Use the adapter with its full base model.")
    wrapped = PeftModel.from_pretrained(model, str(source.adapter), is_trainable=trainable)
    quantized = getattr(model, "quantization_method", None) is not None
    return wrapped.merge_and_unload() if merge and not quantized else wrapped


def stored_bytes(source: ModelSource) -> int:
    return size_of(source.folder, WEIGHTS) + (size_of(source.adapter, WEIGHTS) if source.adapter else 0)
