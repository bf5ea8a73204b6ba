"""GPTQ and AWQ with gptqmodel, calibrated on a dataset."""

from pathlib import Path

from . import dataset
from .errors import input_invalid
from .prompts import corpus
from .quantize import bits_of
from .spec import number

CALIBRATION_ROWS = 256


def quantize_gptq(method: str, source, values: dict, folder: Path, events) -> tuple[int, int, int]:
    from gptqmodel import GPTQModel, QuantizeConfig

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
        model.quantize(texts, batch_size=1)
        model.save(str(folder))
        model.tokenizer.save_pretrained(str(folder))
    modules = sum("QuantLinear" in type(module).__name__ for module in model.model.modules())
    return before, parameters, modules


def calibration_texts(values: dict) -> list[str]:
    if not values.get("calibration_dataset"):
        raise input_invalid("gptq and awq need a calibration_dataset.", "Give the dataset that the model was trained on.")
    rows = dataset.load(values["calibration_dataset"], limit=CALIBRATION_ROWS)
    return list(corpus(rows.rows, rows.format))
