"""Tokenizers: trained on the data, or loaded."""

from .errors import input_invalid
from .prompts import PLAIN_CHAT_TEMPLATE, corpus

PAD, EOS = "<|pad|>", "<|eos|>"
SMALLEST = 256 + 2


def train_tokenizer(rows: list[dict], kind: str, vocab_size: int, max_length: int):
    """A byte-level BPE: any text can be written in it, so there is no unknown token."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    if not isinstance(vocab_size, int) or vocab_size < SMALLEST:
        raise input_invalid(f"tokenizer.train.vocab_size is {vocab_size}; it must be at least {SMALLEST}.")
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[PAD, EOS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(corpus(rows, kind), trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, pad_token=PAD, eos_token=EOS, model_max_length=max_length, clean_up_tokenization_spaces=False
    )
    tokenizer.chat_template = PLAIN_CHAT_TEMPLATE
    return tokenizer


def ensure_usable(tokenizer, events) -> None:
    """Training and batched generation need a pad token and, for messages, a chat template."""
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if tokenizer.chat_template is None:
        tokenizer.chat_template = PLAIN_CHAT_TEMPLATE
        events.log("The tokenizer has no chat template; messages are written as 'role: content' lines.")
