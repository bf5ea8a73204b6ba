"""GPTQ and AWQ with gptqmodel, calibrated on a dataset."""

import os
from pathlib import Path

from . import dataset
from .errors import input_invalid
from .model_loading import device
from .prompts import corpus
from .quantize import bits_of
from .spec import number

CALIBRATION_ROWS = 256


def quantize_gptq(method: str, source, values: dict, folder: Path, events) -> tuple[int, int, int]:
    # It starts two loaders, and by itself too few workers for them on a machine of two cores.
    os.environ.setdefault("GPTQMODEL_CPU_WORKERS", str(max(2, min(12, (os.cpu_count() or 1) // 2))))
    from gptqmodel import BACKEND, GPTQModel, QuantizeConfig

    from .merged import merged_folder

    texts = calibration_texts(values)
    config = QuantizeConfig(
        bits=bits_of(values, 4),
        group_size=number(values, "group_size", 128, -1, integer=True),
        **({"quant_method": "awq", "format": "gemm"} if method == "awq" else {}),
    )
    with merged_folder(source, folder) as (plain, before, parameters):
        events.phase("quantizing")
        model = GPTQModel.load(str(plain), config)
        model.quantize(texts, batch_size=1, backend=kernel(method, BACKEND))
        model.save(str(folder))
        model.tokenizer.save_pretrained(str(folder))
    modules = sum(hasattr(module, "qweight") for module in model.model.modules())
    return before, parameters, modules


def kernel(method: str, backends):
    """AWQ's usual kernel is refused where there is no CUDA; the portable one gives the same files."""
    return backends.AWQ_TORCH if method == "awq" and device() == "cpu" else None


def calibration_texts(values: dict) -> list[str]:
    if not values.get("calibration_dataset"):
        raise input_invalid("gptq and awq need a calibration_dataset.", "Give the dataset that the model was trained on.")
    rows = dataset.load(values["calibration_dataset"], limit=CALIBRATION_ROWS)
    return list(corpus(rows.rows, rows.format))
