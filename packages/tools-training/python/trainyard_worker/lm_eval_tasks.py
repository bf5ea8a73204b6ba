"""Benchmarks of lm-eval, where that library is installed."""

from .spec import number


def run_lm_eval(tasks: list[str], model, tokenizer, values: dict) -> dict:
    import lm_eval
    from lm_eval.models.huggingface import HFLM

    batch_size = number(values, "batch_size", 16, 1, integer=True)
    max_length = number(values, "max_length", None, 2, integer=True)
    longest_answer = number(values, "max_new_tokens", None, 1, integer=True)
    output = lm_eval.simple_evaluate(
        model=HFLM(pretrained=model, tokenizer=tokenizer, batch_size=batch_size, max_length=max_length),
        tasks=tasks,
        num_fewshot=number(values, "num_fewshot", None, 0, integer=True),
        gen_kwargs={"max_gen_toks": longest_answer} if longest_answer else None,
        limit=number(values, "limit", None, 1, integer=True),
        random_seed=number(values, "seed", 42, 0, integer=True),
    )
    return {task: named(task, scores) for task, scores in output["results"].items()}


def named(task: str, scores: dict) -> dict:
    """`acc,none` of task `x` becomes `x_acc`."""
    numbers = {key: value for key, value in scores.items() if isinstance(value, (int, float))}
    return {f"{task}_{key.removesuffix(',none').replace(',', '_')}": value for key, value in numbers.items()}
