import harness
import pytest

TINY = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "initializer_range": 0.08,
    "tie_word_embeddings": True,
}


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """One small dataset of every format."""
    root = tmp_path_factory.mktemp("data")
    rows = {
        "squad": [harness.squad_row(index, unanswerable=index % 6 == 5) for index in range(96)],
        "prompt_completion": [harness.prompt_row(index) for index in range(32)],
        "messages": [harness.messages_row(index) for index in range(32)],
        "text": [{"text": f"line {index} says hello to line {index + 1}."} for index in range(32)],
        "preference": [harness.preference_row(index) for index in range(16)],
    }
    return {kind: harness.write_dataset(root / kind, kind, rows[kind]) for kind in rows}


@pytest.fixture(scope="session")
def base_run(data, tmp_path_factory):
    values = {
        "dataset": data["squad"],
        "eval_dataset": data["squad"],
        "model_config": TINY,
        "tokenizer": {"train": {"vocab_size": 384}},
        "max_length": 128,
        "num_train_epochs": 10,
        "per_device_train_batch_size": 8,
        "learning_rate": 3e-3,
        "warmup_ratio": 0.05,
    }
    return harness.run("train", values, tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def base(base_run):
    assert base_run.values
    return {"path": str(base_run.output_dir / "model")}


@pytest.fixture(scope="session")
def adapter_run(base, data, tmp_path_factory):
    values = {
        "model": base,
        "dataset": data["prompt_completion"],
        "method": "lora",
        "lora_r": 4,
        "num_train_epochs": 2,
        "learning_rate": 3e-3,
    }
    return harness.run("finetune", values, tmp_path_factory.mktemp("adapter"))


@pytest.fixture(scope="session")
def adapted(base, adapter_run):
    assert adapter_run.values
    return {**base, "adapter": str(adapter_run.output_dir / "model")}
