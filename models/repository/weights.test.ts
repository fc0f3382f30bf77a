import { describe, expect, it } from "vitest";
import { folderSnapshot, safetensorsOf } from "../testing/checkpoint.ts";
import { openWeights, type Weights } from "./weights.ts";

type Shapes = Readonly<Record<string, readonly number[]>>;

const stored = async (shapes: Shapes): Promise<Weights> =>
  openWeights(await folderSnapshot({ "model.safetensors": safetensorsOf(shapes) }), "");

/** Asks for a table and a layer, as an architecture would. */
function take(weights: Weights): void {
  weights.tensor("embeddings.words.weight", [3, 2]);
  weights.tensor("layer.weight", [2, 2]);
}
const model: Shapes = { "embeddings.words.weight": [3, 2], "layer.weight": [2, 2] };
const under = (prefix: string, shapes: Shapes = model): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));

describe("names of tensors", () => {
  it.each(["", "bert.", "model.", "0.auto_model.", "language_model.model."])("may follow %j", async (prefix) => {
    const weights = await stored({ ...under(prefix), "cls.predictions.bias": [3] });
    take(weights);
    expect(weights.tensor("layer.weight").name).toBe(`${prefix}layer.weight`);
    expect(weights.has("layer.weight")).toBe(true);
    expect(weights.has("layer.bias")).toBe(false);
    expect(() => weights.check()).not.toThrow();
    expect(weights.parameters).toBe(3 * 2 + 2 * 2 + 3);
  });

  it("of several models in one file, the larger's is taken", async () => {
    const weights = await stored({ ...under("student.", { "embeddings.words.weight": [9, 9] }), ...under("teacher.") });
    take(weights);
    expect(weights.tensor("embeddings.words.weight").name).toBe("teacher.embeddings.words.weight");
    expect(() => weights.check()).not.toThrow();
  });
});

describe("check", () => {
  it.each(["pooler.dense.weight", "lm_head.weight", "embeddings.position_ids", "layer.rotary_emb.inv_freq"])(
    "leaves %s aside",
    async (name) => {
      const weights = await stored({ ...model, [name]: [2] });
      take(weights);
      expect(() => weights.check()).not.toThrow();
    },
  );

  it("lists all that is missing, misshapen and left over at once", async () => {
    const weights = await stored({ "m.embeddings.words.weight": [4, 2], "m.layer.lora_A": [1], "m.layer.lora_B": [1] });
    take(weights);
    weights.tensor("layer.bias", [2]);
    expect(() => weights.check()).toThrow(
      "(3 tensors) are not those of its config: missing are m.layer.weight, m.layer.bias; tensor embeddings.words.weight has the shape [4,2], its config asks for [3,2]; left over are m.layer.lora_A, m.layer.lora_B; where the repository ships onnx/model.onnx, --onnx runs that",
    );
  });

  it("notes what belongs to no part that was used, where the reference ignores it", async () => {
    const noted: string[] = [];
    const note = (tensors: string): void => void noted.push(tensors);
    const heads = { "linear.weight": [2, 2], logit_scale: [] };
    const weights = await stored({ ...model, ...heads });
    take(weights);
    weights.check({ note });
    expect(noted).toEqual(["linear.weight, logit_scale"]);
    expect(() => weights.check()).toThrow("left over are linear.weight, logit_scale");
    const more = await stored({ ...model, ...heads, "layer.lora_A": [1] });
    take(more);
    expect(() => more.check({ note })).toThrow("left over are layer.lora_A;");
    expect(noted).toHaveLength(1);
  });

  it("notes what stands beside the model's own part, heads excepted", async () => {
    const noted: string[] = [];
    const own = Object.fromEntries(Object.entries(model).map(([name, dims]) => [`m.${name}`, dims]));
    const weights = await stored({ ...own, "linear.weight": [2, 2], "lm_head.weight": [2], "classifier.bias": [2] });
    take(weights);
    weights.check({ note: (tensors) => void noted.push(tensors) });
    expect(noted).toEqual(["linear.weight"]);
    expect(() => weights.check()).not.toThrow();
  });

  it("shows the first twenty of many", async () => {
    const weights = await stored(model);
    take(weights);
    for (let i = 0; i < 23; i++) weights.tensor(`layers.${i}`);
    expect(() => weights.check()).toThrow("layers.18, layers.19 and 3 more; where the repository");
  });
});

describe("weights in several files", () => {
  const index = (places: unknown): string => JSON.stringify({ weight_map: places });
  const first = safetensorsOf({ "embeddings.words.weight": [3, 2] });
  const second = safetensorsOf({ "layer.weight": [2, 2] });
  const places = { "embeddings.words.weight": "a.safetensors", "layer.weight": "b.safetensors" };
  const open = async (text: string, files: Readonly<Record<string, Uint8Array>>): Promise<Weights> =>
    openWeights(await folderSnapshot({ "model.safetensors.index.json": text, ...files }), "");

  it("are one model", async () => {
    const weights = await open(index(places), { "a.safetensors": first, "b.safetensors": second });
    take(weights);
    expect(() => weights.check()).not.toThrow();
    expect(weights.parameters).toBe(10);
  });

  it.each([
    ["no JSON", "{", "is not valid JSON: "],
    ["no map", "{}", "has no weight_map from tensors to files; fetch it again"],
    ["a map to what is no file", index({ a: 1 }), "has no weight_map from tensors to files; fetch it again"],
    [
      "files that are not there, or lie elsewhere",
      index({ ...places, x: "c.safetensors", y: "../a.safetensors" }),
      "lists ../a.safetensors, c.safetensors, which the repository has not; fetch it again",
    ],
    [
      "tensors that are elsewhere",
      index({ ...places, x: "a.safetensors", "layer.weight": "a.safetensors" }),
      "puts layer.weight in a.safetensors, x in a.safetensors, where there is no such tensor; fetch it again",
    ],
    [
      "files of another kind",
      index({ ...places, x: "model.json" }),
      "lists model.json, whose names are not those of shards beside it; fetch it again",
    ],
  ])("an index with %s is refused", async (_, text, reason) => {
    const files = { "a.safetensors": first, "b.safetensors": second, "model.json": first };
    await expect(open(text, files)).rejects.toThrow(`model.safetensors.index.json ${reason}`);
  });
});
