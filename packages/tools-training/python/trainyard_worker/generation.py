"""Greedy answers in batches."""

import torch
from transformers import StoppingCriteria, StoppingCriteriaList

from .errors import input_invalid


class FirstLine(StoppingCriteria):
    """A row is done when its answer has reached a line's end."""

    def __init__(self, tokenizer, prompt_length: int):
        self._tokenizer = tokenizer
        self._prompt_length = prompt_length

    def __call__(self, input_ids, scores, **_):
        texts = self._tokenizer.batch_decode(input_ids[:, self._prompt_length:], skip_special_tokens=True)
        return torch.tensor(["\n" in text.lstrip() for text in texts], device=input_ids.device)


@torch.inference_mode()
def generate(model, tokenizer, prompts: list[str], settings: dict, first_line: bool, on_done) -> list[str]:
    """One answer per prompt; `on_done` hears how many are done."""
    # What is asked stands at a prompt's end.
    tokenizer.truncation_side = "left"
    batch_size = settings["batch_size"]
    # Equal lengths together: less padding.
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    answers = [""] * len(prompts)
    for start in range(0, len(order), batch_size):
        indexes = order[start:start + batch_size]
        batch = [prompts[index] for index in indexes]
        for index, answer in zip(indexes, answer_batch(model, tokenizer, batch, settings, first_line)):
            answers[index] = answer
        on_done(min(start + batch_size, len(order)))
    return answers


def answer_batch(model, tokenizer, prompts: list[str], settings: dict, first_line: bool) -> list[str]:
    encoded = tokenizer(
        prompts, return_tensors="pt", padding=True, padding_side="left", truncation=True, max_length=prompt_room(settings)
    ).to(model.device)
    length = encoded["input_ids"].shape[1]
    tokens = model.generate(
        input_ids=encoded["input_ids"],
        attention_mask=encoded["attention_mask"],
        max_new_tokens=settings["max_new_tokens"],
        do_sample=False,
        num_beams=1,
        pad_token_id=tokenizer.pad_token_id,
        **end_token(model, tokenizer),
        stopping_criteria=StoppingCriteriaList([FirstLine(tokenizer, length)] if first_line else []),
    )
    texts = tokenizer.batch_decode(tokens[:, length:], skip_special_tokens=True)
    return [first_line_of(text) if first_line else text.strip() for text in texts]


def end_token(model, tokenizer) -> dict:
    """The model's own end tokens, which may be more than the tokenizer knows of, come first."""
    return {} if model.generation_config.eos_token_id is not None else {"eos_token_id": tokenizer.eos_token_id}


def prompt_room(settings: dict) -> int:
    room = settings["max_length"] - settings["max_new_tokens"]
    if room < 1:
        raise input_invalid(
            f"max_length {settings['max_length']} has no room for a prompt beside max_new_tokens {settings['max_new_tokens']}.",
            "Lower max_new_tokens.",
        )
    return room


def count_cut(tokenizer, prompts: list[str], settings: dict) -> int:
    """How many prompts lose their beginning."""
    room = prompt_room(settings)
    return sum(len(ids) > room for ids in tokenizer(prompts)["input_ids"])


def first_line_of(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0].strip() if lines else ""
