import { describe, expect, it } from "vitest";
import { transformerSetup } from "./transformer-settings.ts";

const file = "sentence_bert_config.json";
const bert = { model_type: "bert", num_hidden_layers: 3, hidden_act: "gelu" };
const setup = (settings: object, config: object = bert) =>
  transformerSetup(file, settings as Record<string, unknown>, config as Record<string, unknown>);
/** Settings that take the token embeddings of a layer. */
const ofLayer = (layer: number) => ({
  modality_config: { text: { method: "forward", method_output_name: ["hidden_states", layer] } },
});

describe("what sentence_bert_config.json says", () => {
  it("of the longest input: what holds for the call, for the tokenizer, for the module", () => {
    const all = {
      max_seq_length: 4,
      tokenizer_args: { model_max_length: 3 },
      processing_kwargs: { text: { max_length: 2 }, common: { max_length: 1 } },
    };
    expect(setup(all).maxTokens).toBe(1);
    expect(setup({ ...all, processing_kwargs: { text: { max_length: 2 } } }).maxTokens).toBe(2);
    expect(setup({ ...all, processing_kwargs: {} }).maxTokens).toBe(3);
    expect(setup({ max_seq_length: 4, processor_kwargs: { model_max_length: 5 } }).maxTokens).toBe(5);
    expect(setup({ max_seq_length: 4 }).maxTokens).toBe(4);
    expect(setup({ max_seq_length: null }).maxTokens).toBeUndefined();
  });

  it("of config.json stands in place of what that says", () => {
    const { config, fewerLayers } = setup({ config_args: { hidden_act: "relu", num_hidden_layers: 1 } });
    expect(config).toEqual({ ...bert, hidden_act: "relu", num_hidden_layers: 1 });
    expect(fewerLayers).toBe(true);
    expect(setup({ config_kwargs: { hidden_act: "relu" } })).toMatchObject({ fewerLayers: false });
  });

  it("of a layer leaves out those after it", () => {
    const layersOf = (layer: number) => setup(ofLayer(layer)).config["num_hidden_layers"];
    expect([0, 1, 3, -1, -2, -4].map(layersOf)).toEqual([0, 1, 3, 3, 2, 0]);
    expect(setup(ofLayer(-2)).fewerLayers).toBe(true);
    expect(setup(ofLayer(-1), { ...bert, model_type: "qwen3" }).fewerLayers).toBe(false);
  });

  it("of messages holds for every text, but within a Router that of texts", () => {
    const last = { method: "forward", method_output_name: "last_hidden_state" };
    const withMessage = (message: object) => setup({ modality_config: { text: last, message } });
    expect(withMessage({ ...last, format: "flat" }).messages).toBe("flat");
    expect(withMessage(last).messages).toBe("auto");
    expect(withMessage({ ...last, method_output_name: ["hidden_states", 1] }).config["num_hidden_layers"]).toBe(1);
    const routed = transformerSetup(
      file,
      { modality_config: { text: last, message: { ...last, method_output_name: ["hidden_states", 1] } } },
      bert,
      { routed: true },
    );
    expect(routed).toMatchObject({ config: bert, messages: "auto" });
    expect(setup({ modality_config: { text: last } }).messages).toBeUndefined();
    expect(() => setup({ modality_config: { text: last, image: last } })).toThrow("modality_config.image is not known");
  });

  it("without changing a vector is let pass", () => {
    const silent = {
      do_lower_case: false,
      unpad_inputs: true,
      query_length: null,
      model_args: { dtype: "bfloat16", trust_remote_code: true },
      tokenizer_args: { padding_side: "left", trust_remote_code: true },
      config_args: { use_cache: false, trust_remote_code: true },
    };
    expect(setup(silent)).toEqual({ config: bert, lowerCase: false, fewerLayers: false });
  });

  it("of the way to compute attention stands in the config, where a family may refuse it", () => {
    const config = { ...bert, attn_implementation: "sdpa" };
    expect(setup({ model_args: { attn_implementation: "sdpa" } }).config).toEqual(config);
    expect(setup({ config_kwargs: { attn_implementation: "sdpa" } }).config).toEqual(config);
  });

  it.each<[object, string]>([
    [{ max_len: 4 }, "max_len is not known"],
    [{ max_seq_length: 0 }, "max_seq_length is 0 "],
    [{ query_length: 24 }, "query_length is 24 "],
    [{ transformer_task: "fill-mask" }, 'transformer_task is "fill-mask" '],
    [
      { module_output_name: "sentence_embedding" },
      "method_output_name is null and module_output_name sentence_embedding; ",
    ],
    [{ tokenizer_args: { add_eos_token: true } }, "tokenizer_args.add_eos_token is not known"],
    [{ processor_kwargs: { truncation_side: "left" } }, "processor_kwargs.truncation_side is not known"],
    [{ processing_kwargs: { text: { add_special_tokens: false } } }, "text.add_special_tokens is not known"],
    [{ processing_kwargs: { text: { truncation: false } } }, "processing_kwargs.text.truncation is false "],
    [{ processing_kwargs: { chat_template: { add_generation_prompt: true } } }, "add_generation_prompt is not known"],
    [{ model_kwargs: { default_task: "retrieval" } }, "model_kwargs.default_task is not known"],
    [{ config_args: { is_causal: false } }, 'puts false in place of "is_causal" of config.json, which has no such key'],
    [{ config_args: { hidden_act: {} } }, "config_args.hidden_act is {} "],
    [ofLayer(4), "it takes the token embeddings of layer 4 of 3 (hidden_states)"],
    [ofLayer(-5), "it takes the token embeddings of layer -5 of 3 (hidden_states)"],
  ])("%j is refused by name", (settings, fault) => {
    expect(() => setup(settings)).toThrow(`model: the ${file} config is not understood: `);
    expect(() => setup(settings)).toThrow(fault);
  });

  it("of another layer than the last is refused for a family that norms its output", () => {
    expect(() => setup(ofLayer(-2), { ...bert, model_type: "qwen3" })).toThrow("known are those of bert, camembert, ");
  });

  it("of rotations, which transformers 4 and 5 keep under other keys, is refused", () => {
    expect(() => setup({ config_args: { rope_theta: 5 } }, { ...bert, rope_theta: 4 })).toThrow(
      'puts 5 in place of "rope_theta" of config.json, which transformers 4 and 5 take differently',
    );
  });
});
