import pytest
import torch
from torch import nn
from torch.func import functional_call

from scripts.maths.causal_transformer import WIDER, Block, CausalTransformer, draw_weights
from scripts.maths.random import generators


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize(("width", "heads", "length"), [(6, 3, 5), (8, 1, 2), (4, 2, 1)])
def test_a_block_is_torchs_own_encoder_layer_with_a_causal_mask(width, heads, length):
    block = Block(width, heads)
    own = nn.TransformerEncoderLayer(
        width, heads, WIDER * width, dropout=0, activation="gelu", batch_first=True, norm_first=True
    )
    own.self_attn.in_proj_weight.data = block.queries_keys_values.weight.data
    own.self_attn.in_proj_bias.data = block.queries_keys_values.bias.data
    for mine, theirs in (
        (block.joined, own.self_attn.out_proj),
        (block.wide, own.linear1),
        (block.narrow, own.linear2),
        (block.first_norm, own.norm1),
        (block.second_norm, own.norm2),
    ):
        mine.weight.data = noise(*mine.weight.shape)
        theirs.load_state_dict(mine.state_dict())
    tokens = noise(7, length, width)
    mask = nn.Transformer.generate_square_subsequent_mask(length)
    torch.testing.assert_close(block(tokens), own(tokens, src_mask=mask, is_causal=True), rtol=0, atol=1e-5)


def test_no_token_sees_a_later_one():
    net = CausalTransformer(3, 6, width=4, layers=2, heads=2)
    tokens = noise(2, 6, 3)
    changed = tokens.clone()
    changed[:, 4:] += 1
    before, after = net(tokens), net(changed)
    torch.testing.assert_close(before[:, :4], after[:, :4], rtol=0, atol=1e-6)
    assert (before[:, 4:] != after[:, 4:]).all()
    torch.testing.assert_close(net(tokens[:, :3]), before[:, :3], rtol=0, atol=1e-6)


def test_positions_count():
    net = CausalTransformer(3, 5, width=4, layers=1, heads=1)
    same = noise(1, 1, 3).expand(1, 5, 3)
    first = functional_call(
        net, {name: each[0] for name, each in draw_weights(net, generators([1], "t")).items()}, same
    )
    assert len(set(first[0].tolist())) == 5


def test_drawn_weights_have_their_scale_and_depend_on_their_own_seed():
    net = CausalTransformer(3, 5, width=64, layers=1, heads=2)
    few, many = (draw_weights(net, generators(range(count), "test")) for count in (2, 6))
    assert set(few) == {name for name, _ in net.named_parameters()}
    for name, weights in few.items():
        torch.testing.assert_close(weights, many[name][:2], rtol=0, atol=0)
        assert (weights[0] != weights[1]).any() == (weights.dim() == 3)
    assert many["blocks.0.wide.weight"].var().item() == pytest.approx(1 / 64, rel=0.05)
    assert (few["blocks.0.first_norm.weight"] == 1).all()
    assert (few["norm.bias"] == 0).all()


def test_a_width_that_the_heads_do_not_divide_is_refused():
    with pytest.raises(ValueError, match="width is 6, expected a multiple of heads, 4"):
        CausalTransformer(3, 5, width=6, layers=1, heads=4)
