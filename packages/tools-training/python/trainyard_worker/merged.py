"""The model to quantize: merged with its adapter, in memory or as a folder."""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from .errors import input_invalid
from .model_loading import load_base, load_tokenizer, with_adapter
from .model_source import ModelSource


def load_merged(source: ModelSource):
    if source.is_int8:
        raise input_invalid("The model is quantized to int8 already.", "Quantize its full-precision model.")
    model = load_base(source, "auto")
    return with_adapter(model, source, merge=True) if source.adapter else model


def parameter_count(model) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def parameter_bytes(model) -> int:
    return sum(parameter.numel() * parameter.element_size() for parameter in model.parameters())


@contextmanager
def merged_folder(source: ModelSource, near: Path):
    """Yields (folder, bytes, parameters); the folder is temporary and on the output's disk."""
    model = load_merged(source)
    with TemporaryDirectory(prefix=".merged-", dir=near.parent) as folder:
        model.save_pretrained(folder)
        load_tokenizer(source).save_pretrained(folder)
        sizes = parameter_bytes(model), parameter_count(model)
        del model
        yield Path(folder), *sizes
