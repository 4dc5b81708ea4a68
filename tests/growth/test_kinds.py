"""Names of seven families of models, read as the family's own code means them."""

import pytest

from sattheory.growth.kinds import role_of

MATRIX, EMBEDDING, SCALAR = "matrix", "embedding", "scalar"
CASES = [
    # BERT and RoBERTa
    ("bert.embeddings.word_embeddings.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("embeddings.position_embeddings.weight", (100, 8), "position embedding", EMBEDDING, None),
    ("embeddings.token_type_embeddings.weight", (2, 8), "segment embedding", EMBEDDING, None),
    ("roberta.encoder.layer.11.attention.self.query.weight", (8, 8), "query", MATRIX, 11),
    ("encoder.layer.3.attention.self.key.weight", (8, 8), "key", MATRIX, 3),
    ("encoder.layer.3.attention.self.value.bias", (8,), "bias", SCALAR, 3),
    ("encoder.layer.3.attention.output.dense.weight", (8, 8), "attention output", MATRIX, 3),
    ("encoder.layer.3.attention.output.LayerNorm.weight", (8,), "norm gain", SCALAR, 3),
    ("encoder.layer.3.attention.output.LayerNorm.gamma", (8,), "norm gain", SCALAR, 3),
    ("encoder.layer.3.output.LayerNorm.beta", (8,), "bias", SCALAR, 3),
    ("encoder.layer.3.intermediate.dense.weight", (32, 8), "feedforward inner", MATRIX, 3),
    ("encoder.layer.3.output.dense.weight", (8, 32), "feedforward outer", MATRIX, 3),
    ("pooler.dense.weight", (8, 8), "pooler or classifier", EMBEDDING, None),
    ("cls.predictions.decoder.weight", (100, 8), "head", EMBEDDING, None),
    ("cls.predictions.bias", (100,), "bias", SCALAR, None),
    ("cls.predictions.transform.dense.weight", (8, 8), "pooler or classifier", EMBEDDING, None),
    # GPT-2
    ("transformer.wte.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("wpe.weight", (32, 8), "position embedding", EMBEDDING, None),
    ("transformer.h.7.attn.c_attn.weight", (8, 24), "query, key, value in one", MATRIX, 7),
    ("h.7.attn.c_proj.weight", (8, 8), "attention output", MATRIX, 7),
    ("h.7.mlp.c_fc.weight", (8, 32), "feedforward inner", MATRIX, 7),
    ("h.7.mlp.c_proj.weight", (32, 8), "feedforward outer", MATRIX, 7),
    ("h.7.ln_1.weight", (8,), "norm gain", SCALAR, 7),
    ("ln_f.bias", (8,), "bias", SCALAR, None),
    ("lm_head.weight", (100, 8), "head", EMBEDDING, None),
    # T5
    ("shared.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("encoder.embed_tokens.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("encoder.block.2.layer.0.SelfAttention.q.weight", (8, 8), "query", MATRIX, 2),
    ("decoder.block.2.layer.1.EncDecAttention.o.weight", (8, 8), "attention output", MATRIX, 2),
    ("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", (32, 4), "position embedding", EMBEDDING, 0),
    ("encoder.block.0.layer.1.DenseReluDense.wi.weight", (32, 8), "feedforward inner", MATRIX, 0),
    ("encoder.block.0.layer.1.DenseReluDense.wi_0.weight", (32, 8), "feedforward gate", MATRIX, 0),
    ("encoder.block.0.layer.1.DenseReluDense.wi_1.weight", (32, 8), "feedforward inner", MATRIX, 0),
    ("encoder.block.0.layer.1.DenseReluDense.wo.weight", (8, 32), "feedforward outer", MATRIX, 0),
    ("encoder.block.0.layer.1.layer_norm.weight", (8,), "norm gain", SCALAR, 0),
    ("encoder.final_layer_norm.weight", (8,), "norm gain", SCALAR, None),
    # GPT-NeoX (Pythia)
    ("gpt_neox.embed_in.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("embed_out.weight", (100, 8), "head", EMBEDDING, None),
    ("gpt_neox.layers.5.attention.query_key_value.weight", (24, 8), "query, key, value in one", MATRIX, 5),
    ("gpt_neox.layers.5.attention.dense.weight", (8, 8), "attention output", MATRIX, 5),
    ("gpt_neox.layers.5.mlp.dense_h_to_4h.weight", (32, 8), "feedforward inner", MATRIX, 5),
    ("gpt_neox.layers.5.mlp.dense_4h_to_h.weight", (8, 32), "feedforward outer", MATRIX, 5),
    ("gpt_neox.layers.5.post_attention_layernorm.weight", (8,), "norm gain", SCALAR, 5),
    # XLNet: biases have a row a head
    ("transformer.word_embedding.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("transformer.mask_emb", (1, 1, 8), "token embedding", EMBEDDING, None),
    ("transformer.layer.4.rel_attn.q", (8, 2, 4), "query", MATRIX, 4),
    ("transformer.layer.4.rel_attn.k", (8, 2, 4), "key", MATRIX, 4),
    ("transformer.layer.4.rel_attn.v", (8, 2, 4), "value", MATRIX, 4),
    ("transformer.layer.4.rel_attn.o", (8, 2, 4), "attention output", MATRIX, 4),
    ("transformer.layer.4.rel_attn.r", (8, 2, 4), "relative key", MATRIX, 4),
    ("transformer.layer.4.rel_attn.r_w_bias", (2, 4), "bias", SCALAR, 4),
    ("transformer.layer.4.rel_attn.seg_embed", (2, 2, 4), "segment embedding", EMBEDDING, 4),
    ("transformer.layer.4.rel_attn.layer_norm.weight", (8,), "norm gain", SCALAR, 4),
    ("transformer.layer.4.ff.layer_1.weight", (32, 8), "feedforward inner", MATRIX, 4),
    ("transformer.layer.4.ff.layer_2.weight", (8, 32), "feedforward outer", MATRIX, 4),
    ("lm_loss.weight", (100, 8), "head", EMBEDDING, None),
    # TransformerLens: biases have a row a head
    ("embed.W_E", (26, 64), "token embedding", EMBEDDING, None),
    ("pos_embed.W_pos", (8, 64), "position embedding", EMBEDDING, None),
    ("unembed.W_U", (64, 26), "head", EMBEDDING, None),
    ("unembed.b_U", (26,), "bias", SCALAR, None),
    ("blocks.1.attn.W_Q", (1, 64, 64), "query", MATRIX, 1),
    ("blocks.1.attn.W_O", (1, 64, 64), "attention output", MATRIX, 1),
    ("blocks.1.attn.b_Q", (1, 64), "bias", SCALAR, 1),
    ("blocks.1.mlp.W_in", (64, 256), "feedforward inner", MATRIX, 1),
    ("blocks.1.mlp.W_out", (256, 64), "feedforward outer", MATRIX, 1),
    ("blocks.1.ln1.w", (64,), "norm gain", SCALAR, 1),
    ("blocks.1.ln1.b", (64,), "bias", SCALAR, 1),
    # Llama, BART, torch.nn.TransformerEncoder, this package
    ("model.embed_tokens.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("model.layers.10.self_attn.q_proj.weight", (8, 8), "query", MATRIX, 10),
    ("model.layers.10.self_attn.o_proj.weight", (8, 8), "attention output", MATRIX, 10),
    ("model.layers.10.mlp.gate_proj.weight", (32, 8), "feedforward gate", MATRIX, 10),
    ("model.layers.10.mlp.up_proj.weight", (32, 8), "feedforward inner", MATRIX, 10),
    ("model.layers.10.mlp.down_proj.weight", (8, 32), "feedforward outer", MATRIX, 10),
    ("model.layers.10.input_layernorm.weight", (8,), "norm gain", SCALAR, 10),
    ("model.norm.weight", (8,), "norm gain", SCALAR, None),
    ("model.decoder.layers.1.encoder_attn.out_proj.weight", (8, 8), "attention output", MATRIX, 1),
    ("model.decoder.layers.1.fc2.weight", (8, 32), "feedforward outer", MATRIX, 1),
    ("layers.0.self_attn.in_proj_weight", (24, 8), "query, key, value in one", MATRIX, 0),
    ("layers.0.self_attn.in_proj_bias", (24,), "bias", SCALAR, 0),
    ("layers.0.linear1.weight", (32, 8), "feedforward inner", MATRIX, 0),
    ("layers.0.norm1.weight", (8,), "norm gain", SCALAR, 0),
    ("layers.0.attention.query.weight", (8, 8), "query", MATRIX, 0),
    ("layers.0.attention.relative.weight", (8, 8), "relative key", MATRIX, 0),
    ("layers.0.attention.relative.query_bias", (8,), "bias", SCALAR, 0),
    ("layers.0.attention_norm.gain", (8,), "norm gain", SCALAR, 0),
    ("layers.0.feedforward.inner.weight", (32, 8), "feedforward inner", MATRIX, 0),
    ("tokens", (100, 8), "token embedding", EMBEDDING, None),
    ("positions", (100, 8), "position embedding", EMBEDDING, None),
    # DistilBERT, ALBERT, ELECTRA, XLM, GPT, DeBERTa, GPT-J, OPT
    ("vocab_projector.weight", (100, 8), "head", EMBEDDING, None),
    ("vocab_projector.bias", (100,), "bias", SCALAR, None),
    ("vocab_transform.weight", (8, 8), "pooler or classifier", EMBEDDING, None),
    ("predictions.decoder.weight", (100, 8), "head", EMBEDDING, None),
    ("predictions.dense.weight", (4, 8), "pooler or classifier", EMBEDDING, None),
    ("sop_classifier.classifier.weight", (2, 8), "pooler or classifier", EMBEDDING, None),
    ("albert.encoder.embedding_hidden_mapping_in.weight", (8, 4), "embedding projection", EMBEDDING, None),
    ("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight", (32, 8), "feedforward inner", MATRIX, 0),
    ("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn_output.weight", (8, 32), "feedforward outer", MATRIX, 0),
    ("discriminator_predictions.dense_prediction.weight", (1, 8), "pooler or classifier", EMBEDDING, None),
    ("pred_layer.proj.weight", (100, 8), "head", EMBEDDING, None),
    ("transformer.attentions.3.out_lin.weight", (8, 8), "attention output", MATRIX, 3),
    ("transformer.ffns.3.lin1.weight", (32, 8), "feedforward inner", MATRIX, 3),
    ("transformer.layer_norm1.3.weight", (8,), "norm gain", SCALAR, 3),
    ("transformer.tokens_embed.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("positions_embed.weight", (32, 8), "position embedding", EMBEDDING, None),
    ("deberta.encoder.rel_embeddings.weight", (16, 8), "position embedding", EMBEDDING, None),
    ("deberta.encoder.layer.2.attention.self.query_proj.weight", (8, 8), "query", MATRIX, 2),
    ("deberta.encoder.layer.2.attention.self.pos_key_proj.weight", (8, 8), "relative key", MATRIX, 2),
    ("transformer.h.1.mlp.fc_in.weight", (32, 8), "feedforward inner", MATRIX, 1),
    ("transformer.h.1.mlp.fc_out.weight", (8, 32), "feedforward outer", MATRIX, 1),
    ("model.decoder.project_in.weight", (8, 4), "embedding projection", EMBEDDING, None),
    ("score.weight", (2, 8), "pooler or classifier", EMBEDDING, None),
    # minGPT, lectures and tutorials, CLIP
    ("tok_emb.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("pos_emb", (1, 32, 8), "position embedding", EMBEDDING, None),
    ("token_embedding_table.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("position_embedding_table.weight", (32, 8), "position embedding", EMBEDDING, None),
    ("src_embed.0.lut.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("tgt_embed.0.lut.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("generator.proj.weight", (100, 8), "head", EMBEDDING, None),
    ("token_embedding.weight", (100, 8), "token embedding", EMBEDDING, None),
    ("visual.positional_embedding", (32, 8), "position embedding", EMBEDDING, None),
    ("text_projection", (8, 8), "pooler or classifier", EMBEDDING, None),
    ("text_model.encoder.layers.1.self_attn.q_proj.weight", (8, 8), "query", MATRIX, 1),
    # names that say nothing
    ("encoder.weight", (100, 8), "other", MATRIX, None),
    ("a", (3, 4), "other", MATRIX, None),
    ("a", (3,), "other", SCALAR, None),
    ("a", (), "other", SCALAR, None),
]


@pytest.mark.parametrize(("name", "shape", "kind", "family", "layer"), CASES, ids=[case[0] for case in CASES])
def test_names(name, shape, kind, family, layer):
    role = role_of(name, shape)
    assert (role.kind, role.family, role.layer) == (kind, family, layer)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("h.0.attn.bias", (1, 1, 32, 32)),
        ("h.0.attn.masked_bias", ()),
        ("gpt_neox.layers.0.attention.bias", (1, 1, 32, 32)),
        ("gpt_neox.layers.0.attention.rotary_emb.inv_freq", (4,)),
        ("bert.embeddings.position_ids", (1, 512)),
        ("blocks.0.attn.mask", (8, 8)),
        ("blocks.0.attn.IGNORE", ()),
        ("bn.running_mean", (3,)),
        ("pos_encoder.pe", (500, 1, 8)),
        ("src_embed.1.pe", (1, 500, 8)),
        ("blocks.0.sa.heads.0.tril", (8, 8)),
    ],
)
def test_buffers_are_no_parameters(name, shape):
    assert role_of(name, shape) is None


def test_stacks_are_told_apart():
    assert role_of("decoder.block.2.layer.0.SelfAttention.q.weight", (8, 8)).stack == "decoder"
    assert role_of("encoder.block.2.layer.0.SelfAttention.q.weight", (8, 8)).stack == "encoder"
    assert role_of("h.2.attn.c_proj.weight", (8, 8)).stack == ""
    assert role_of("text_model.encoder.layers.2.mlp.fc1.weight", (8, 8)).stack == "text_model.encoder"
    assert role_of("decoder.2.fc1.weight", (8, 8)).stack == "decoder"
