"""A Linear layer that keeps its weights as int8 with one scale per output channel."""

import torch
from torch import nn
from torch.nn import functional


class Int8Linear(nn.Module):
    def __init__(self, out_features: int, in_features: int, bias: bool, dtype: torch.dtype = torch.float32):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.register_buffer("weight_int8", torch.zeros(out_features, in_features, dtype=torch.int8))
        self.register_buffer("scale", torch.ones(out_features, dtype=torch.float32))
        self.register_buffer("bias", torch.zeros(out_features, dtype=dtype) if bias else None)

    @classmethod
    def from_linear(cls, linear: nn.Linear) -> "Int8Linear":
        quantized = cls(linear.out_features, linear.in_features, linear.bias is not None)
        quantized.weight_int8, quantized.scale = quantize_rows(linear.weight.detach().float())
        if linear.bias is not None:
            quantized.bias = linear.bias.detach().float()
        return quantized

    def dequantized(self) -> torch.Tensor:
        return self.weight_int8.to(torch.float32) * self.scale[:, None]

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        # The scale belongs to the output channel, so it can be applied to the far smaller result.
        result = functional.linear(inputs, self.weight_int8.to(inputs.dtype)) * self.scale.to(inputs.dtype)
        return result if self.bias is None else result + self.bias


def quantize_rows(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Symmetric: the largest magnitude of a row becomes 127."""
    scale = weight.abs().amax(dim=1).clamp(min=1e-12) / 127.0
    return torch.round(weight / scale[:, None]).clamp(-127, 127).to(torch.int8), scale


def replace_linears(model: nn.Module, wanted, make) -> list[str]:
    """Puts `make(linear)` where `wanted(name)`; returns the names replaced."""
    names = [name for name, module in model.named_modules() if type(module) is nn.Linear and wanted(name)]
    for name in names:
        parent = model.get_submodule(name.rpartition(".")[0])
        setattr(parent, name.rpartition(".")[2], make(model.get_submodule(name)))
    return names
