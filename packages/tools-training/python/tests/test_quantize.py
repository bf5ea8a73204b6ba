import json

import harness
import pytest
import torch
from trainyard_worker.int8_linear import Int8Linear


@pytest.fixture(scope="module")
def int8_run(base, tmp_path_factory):
    return harness.run("quantize", {"model": base, "method": "int8"}, tmp_path_factory.mktemp("int8"))


def test_int8_linear_is_its_dequantized_weights():
    linear = torch.nn.Linear(24, 16)
    quantized, inputs = Int8Linear.from_linear(linear), torch.randn(5, 24)
    expected = torch.nn.functional.linear(inputs, quantized.dequantized(), linear.bias)
    assert torch.allclose(quantized(inputs), expected, atol=1e-5)
    error = (quantized.dequantized() - linear.weight).abs()
    assert (error <= quantized.scale[:, None] / 2 + 1e-7).all()


def test_int8_is_smaller_and_says_what_it_is(int8_run):
    values, folder = int8_run.values, int8_run.output_dir / "model"
    assert int8_run.of("artifact")[0]["kind"] == "model.quantized"
    assert values["size_after_bytes"] < values["size_before_bytes"] and values["modules"] == 14
    description = json.loads((folder / "quantization.json").read_text())
    assert description["format"] == "trainyard-int8" and "lm_head" in description["skipped"]


def test_the_files_rebuild_to_the_same_weights(int8_run, base):
    from trainyard_worker.int8_files import load_int8
    from transformers import AutoModelForCausalLM

    rebuilt = load_int8(int8_run.output_dir / "model")
    plain = AutoModelForCausalLM.from_pretrained(base["path"], dtype=torch.float32)
    count = 0
    for name, module in rebuilt.named_modules():
        if isinstance(module, Int8Linear):
            expected = Int8Linear.from_linear(plain.get_submodule(name))
            assert torch.equal(module.dequantized(), expected.dequantized())
            count += 1
    assert count == 14
    assert torch.equal(rebuilt.lm_head.weight, plain.lm_head.weight)


def test_int8_keeps_the_score(int8_run, base, data, tmp_path):
    values = {"dataset": data["squad"], "tasks": ["squad", "perplexity"], "limit": 48}
    before = harness.run("evaluate", {**values, "model": base}, tmp_path / "before").values
    small = {"path": str(int8_run.output_dir / "model")}
    after = harness.run("evaluate", {**values, "model": small}, tmp_path / "after").values
    assert after["exact_match"] == pytest.approx(before["exact_match"], abs=5)
    assert after["perplexity"] == pytest.approx(before["perplexity"], rel=0.02)
    assert after["model_size_bytes"] < before["model_size_bytes"]


def test_an_adapter_is_merged_first(adapted, tmp_path):
    assert harness.run("quantize", {"model": adapted, "method": "int8"}, tmp_path).values["modules"] == 14


def test_int8_is_not_trained(int8_run, data, tmp_path):
    small = {"path": str(int8_run.output_dir / "model")}
    error = harness.run("finetune", {"model": small, "dataset": data["squad"], "method": "lora"}, tmp_path).error
    assert error["code"] == "INPUT_INVALID" and "int8" in error["message"]


@pytest.mark.parametrize(("method", "package"), [("bnb-nf4", "bitsandbytes"), ("gptq", "gptqmodel"), ("gguf", "llama.cpp")])
def test_other_methods_name_their_package(method, package, base, tmp_path):
    import importlib.util
    import shutil

    if importlib.util.find_spec(package.replace(".", "_")) or (package == "llama.cpp" and shutil.which("llama-quantize")):
        pytest.skip(f"{package} is installed")
    error = harness.run("quantize", {"model": base, "method": method}, tmp_path).error
    assert error["code"] == "LIBRARY_MISSING" and error["data"]["package"] == package


@pytest.mark.parametrize(("method", "kind"), [("bnb-nf4", "Params4bit"), ("bnb-int8", "Int8Params")])
def test_bitsandbytes_keeps_the_score(method, kind, base, data, tmp_path):
    pytest.importorskip("bitsandbytes", reason="bitsandbytes is not installed")
    run = harness.run("quantize", {"model": base, "method": method}, tmp_path / "small")
    values = run.values
    assert values["modules"] == 14 and values["size_after_bytes"] < values["size_before_bytes"] / 2
    small = {"path": str(run.output_dir / "model")}
    measured = {"dataset": data["squad"], "tasks": ["perplexity"], "limit": 48}
    before, after = (
        harness.run("evaluate", {**measured, "model": model}, tmp_path / name).values
        for model, name in ((base, "before"), (small, "after"))
    )
    assert after["perplexity"] == pytest.approx(before["perplexity"], rel=0.1)

    from trainyard_worker import model_loading, model_source

    model = model_loading.load_for_inference(model_source.resolve(small))
    assert sum(type(parameter).__name__ == kind for parameter in model.parameters()) == 14


@pytest.mark.parametrize("method", ["gptq", "awq"])
def test_gptqmodel_keeps_the_score(method, base, data, tmp_path):
    pytest.importorskip("gptqmodel", reason="gptqmodel is not installed")
    values = {"model": base, "method": method, "calibration_dataset": data["squad"], "group_size": 32}
    run = harness.run("quantize", values, tmp_path / "small")
    assert run.values["modules"] == 14 and run.values["size_after_bytes"] < run.values["size_before_bytes"] / 2
    small = {"path": str(run.output_dir / "model")}
    measured = {"dataset": data["squad"], "tasks": ["perplexity"], "limit": 48}
    before, after = (
        harness.run("evaluate", {**measured, "model": model}, tmp_path / name).values
        for model, name in ((base, "before"), (small, "after"))
    )
    assert after["perplexity"] == pytest.approx(before["perplexity"], rel=0.1)


def test_modules_too_odd_for_the_cpu_kernel_are_found(tmp_path):
    from transformers import LlamaConfig
    from trainyard_worker.quantize_bnb import odd_modules

    shape = {"hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 96}
    LlamaConfig(**shape, intermediate_size=72).save_pretrained(tmp_path)
    assert [name.split(".")[-1] for name in odd_modules(tmp_path)] == ["gate_proj", "up_proj", "down_proj"]
    LlamaConfig(**shape, intermediate_size=128).save_pretrained(tmp_path)
    assert odd_modules(tmp_path) == []
