"""A small transformer in which every token sees itself and those before it (Vaswani et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

WIDER = 2  # hidden units of a block's own net, over the width


class Block(nn.Module):
    """Hold one block: softmax attention, then a net on each token; both add to what they read, after layer norm."""

    def __init__(self, width: int, heads: int) -> None:
        """Make a block of so many channels and heads."""
        super().__init__()
        self.heads = heads
        self.first_norm, self.second_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.joined = nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, WIDER * width), nn.Linear(WIDER * width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the tokens after the block, shape (prompt, token, width)."""
        parts = self.queries_keys_values(self.first_norm(tokens)).chunk(3, dim=-1)
        queries, keys, values = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        scores = queries @ keys.transpose(-1, -2) / queries.shape[-1] ** 0.5
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
        seen = scores.masked_fill(later, -torch.inf).softmax(-1) @ values
        tokens = tokens + self.joined(seen.transpose(1, 2).flatten(2))
        return tokens + self.narrow(functional.gelu(self.wide(self.second_norm(tokens))))


class CausalTransformer(nn.Module):
    """Hold a transformer with learned positions that answers with one number at each token."""

    def __init__(self, inputs: int, length: int, *, width: int, layers: int, heads: int) -> None:
        """Make one that is yet to be drawn.

        Args:
            inputs: numbers that a token holds.
            length: most tokens in a prompt.
            width: channels, a multiple of `heads`.
            layers: blocks.
            heads: of attention in a block.

        Raises:
            ValueError: a width that heads do not divide.
        """
        super().__init__()
        if width % heads:
            raise ValueError(f"width is {width}, expected a multiple of heads, {heads}")
        self.embedding = nn.Linear(inputs, width)
        self.positions = nn.Parameter(torch.zeros(length, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.answer = nn.LayerNorm(width), nn.Linear(width, 1)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the answers, shape (prompt, token), to tokens of shape (prompt, token, inputs)."""
        hidden = self.embedding(tokens) + self.positions[: tokens.shape[-2]]
        for block in self.blocks:
            hidden = block(hidden)
        return self.answer(self.norm(hidden))[..., 0]


def draw_weights(net: nn.Module, rngs: Sequence[np.random.Generator]) -> dict[str, Tensor]:
    """Draw the parameters of one net a generator, by name, each with the seed as its leading axis.

    Matrices are normal with variance 1/in, biases zero, scales of layer norm one. A net depends on its own generator.
    """
    drawn: dict[str, list[np.ndarray]] = {name: [] for name, _ in net.named_parameters()}
    for rng in rngs:
        for name, parameter in net.named_parameters():
            if parameter.dim() == 2:
                drawn[name].append(rng.normal(0, parameter.shape[1] ** -0.5, tuple(parameter.shape)))
            else:
                drawn[name].append(parameter.detach().numpy() * 0 + ("norm.weight" in name))
    return {name: torch.as_tensor(np.stack(arrays), dtype=torch.float32) for name, arrays in drawn.items()}
