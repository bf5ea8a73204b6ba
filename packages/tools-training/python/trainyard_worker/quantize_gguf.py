"""GGUF with llama.cpp's own converter and quantizer, where they are on PATH."""

import subprocess
from pathlib import Path

from .errors import WorkerError
from .libraries import require_command
from .spec import choice

TYPE_OF_BITS = {2: "Q2_K", 3: "Q3_K_M", 4: "Q4_K_M", 5: "Q5_K_M", 6: "Q6_K", 8: "Q8_0"}


def require_llama_cpp() -> tuple[str, str]:
    converter = require_command(("convert_hf_to_gguf.py", "convert_hf_to_gguf"), "quantize with method gguf", "llama.cpp")
    return converter, require_command(("llama-quantize",), "quantize with method gguf", "llama.cpp")


def quantize_gguf(_method: str, source, values: dict, folder: Path, events) -> tuple[int, int, int]:
    from .merged import merged_folder

    converter, quantizer = require_llama_cpp()
    kind = values.get("gguf_type") or TYPE_OF_BITS[choice(values, "bits", 4, tuple(TYPE_OF_BITS))]
    with merged_folder(source, folder) as (plain, before, parameters):
        full = plain / "full.gguf"
        events.phase("converting to gguf")
        command([converter, str(plain), "--outfile", str(full), "--outtype", "auto"])
        events.phase(f"quantizing to {kind}")
        command([quantizer, str(full), str(folder / "model.gguf"), kind])
    return before, parameters, 0


def command(words: list[str]) -> None:
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=2, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise WorkerError("WORKER_FAILED", f"{Path(words[0]).name} failed with exit code {done.returncode}: {last}")
