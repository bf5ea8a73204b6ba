"""Rows as the text that models see: the same for training, evaluation and perplexity."""

UNANSWERABLE = "unanswerable"

# For tokenizers without a chat template; the prompt stays a prefix of prompt plus answer.
PLAIN_CHAT_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] + ': ' + message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"
)


def squad_prompt(row: dict) -> str:
    return f"context: {row['context']}\nquestion: {row['question']}\nanswer:"


def squad_completion(row: dict) -> str:
    texts = row["answers"]["text"]
    return " " + (texts[0] if texts else UNANSWERABLE)


def training_row(row: dict, kind: str, completion_only: bool = True) -> dict:
    """Only the columns that the trainer reads."""
    if kind == "squad":
        return {"prompt": squad_prompt(row), "completion": squad_completion(row)}
    if kind == "messages":
        return messages_row(row["messages"], completion_only)
    if kind == "preference":
        return {name: row[name] for name in ("prompt", "chosen", "rejected")}
    if kind == "text":
        return {"text": row["text"]}
    return {"prompt": row["prompt"], "completion": row["completion"]}


def messages_row(messages: list[dict], completion_only: bool) -> dict:
    plain = [{"role": message["role"], "content": message["content"]} for message in messages]
    if completion_only and len(plain) > 1 and plain[-1]["role"] == "assistant":
        return {"prompt": plain[:-1], "completion": plain[-1:]}
    return {"messages": plain}


def corpus(rows: list[dict], kind: str):
    """All text of a dataset, to train a tokenizer on."""
    for row in rows:
        parts = training_row(row, kind)
        for part in parts.values():
            if isinstance(part, str):
                yield part
            else:
                yield from (f"{message['role']}: {message['content']}\n" for message in part)
