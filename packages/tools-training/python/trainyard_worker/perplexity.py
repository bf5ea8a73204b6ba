"""Token-weighted loss and perplexity: of completions where there are prompts, of all text otherwise."""

import math

import torch

from .errors import WorkerError, dataset_invalid
from .prompts import training_row

IGNORED = -100


def encoded_rows(rows: list[dict], kind: str, tokenizer, max_length: int) -> list[tuple[list[int], list[int]]]:
    """Pairs of ids and labels, cut as in training."""
    pairs = []
    for row in rows:
        prompt, whole = prompt_and_whole(training_row(row, kind), tokenizer)
        # A chat template writes its special tokens itself.
        special = kind != "messages"
        ids = tokenizer(whole, add_special_tokens=special)["input_ids"][:max_length]
        hidden = len(tokenizer(prompt, add_special_tokens=special)["input_ids"]) if prompt else 0
        labels = [IGNORED] * min(hidden, len(ids)) + ids[hidden:]
        if any(label != IGNORED for label in labels[1:]):
            pairs.append((ids, labels))
    return pairs


def prompt_and_whole(row: dict, tokenizer) -> tuple[str, str]:
    end = tokenizer.eos_token or ""
    if "text" in row:
        return "", row["text"] + end
    if "messages" in row:
        return "", tokenizer.apply_chat_template(row["messages"], tokenize=False)
    if isinstance(row["prompt"], list):
        prompt = tokenizer.apply_chat_template(row["prompt"], tokenize=False, add_generation_prompt=True)
        return prompt, tokenizer.apply_chat_template(row["prompt"] + row["completion"], tokenize=False)
    # Of a preference, what should be said.
    return row["prompt"], row["prompt"] + row.get("completion", row.get("chosen")) + end


@torch.inference_mode()
def perplexity(model, tokenizer, rows: list[dict], kind: str, batch_size: int, max_length: int, on_done) -> dict:
    pairs = sorted(encoded_rows(rows, kind, tokenizer, max_length), key=lambda pair: len(pair[0]))
    if not pairs:
        raise dataset_invalid(f"No row has anything to predict within {max_length} tokens.", "Shorten the prompts.")
    loss_sum, tokens = 0.0, 0
    for start in range(0, len(pairs), batch_size):
        batch_loss, batch_tokens = batch_nll(model, pairs[start:start + batch_size], tokenizer.pad_token_id or 0)
        loss_sum, tokens = loss_sum + batch_loss, tokens + batch_tokens
        on_done(min(start + batch_size, len(pairs)))
    loss = loss_sum / tokens
    if not math.isfinite(loss):
        raise WorkerError("NON_FINITE_LOSS", f"The evaluation loss is {loss}.", "The model's weights are not usable.")
    return {"eval_loss": loss, "perplexity": math.exp(min(loss, 700.0)), "perplexity_tokens": tokens}


def batch_nll(model, pairs: list[tuple[list[int], list[int]]], pad: int) -> tuple[float, int]:
    width = max(len(ids) for ids, _ in pairs)
    rows = torch.tensor([ids + [pad] * (width - len(ids)) for ids, _ in pairs], device=model.device)
    mask = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids, _ in pairs], device=model.device)
    labels = torch.tensor([wanted + [IGNORED] * (width - len(wanted)) for _, wanted in pairs], device=model.device)
    logits = model(input_ids=rows, attention_mask=mask).logits[:, :-1].float()
    targets = labels[:, 1:]
    loss = torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), ignore_index=IGNORED, reduction="sum"
    )
    return loss.item(), int((targets != IGNORED).sum())
