/**
 * Servers that err, and servers that are right: how each makes vectors of the texts of a request, and what is to be said of
 * it. `model` is what the server is held against, `choice` what the user says of it.
 */
import { changed, json, noisy, normal } from "./folders.mjs";

const query = "query: ";
const promptArgs = { prompt: query };
/** The prompt of queries in models/tiny/bert-cls. */
const searching = "Represent this sentence for searching relevant passages: ";

const alone = (embed) => async (texts) => {
  const rows = [];
  for (const text of texts) rows.push(...(await embed([text])));
  return rows;
};
const perVector = (embed, change) => async (texts) => (await embed(texts)).map(change);
const unit = (vector) => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const half = new Float32Array(1);
const bits = new Uint32Array(half.buffer);
/** Rounds to so many bits of a float's 23, to the nearest. */
const rounded = (keep) => (value) => {
  half[0] = value;
  const lost = 23 - keep;
  bits[0] = (bits[0] + 2 ** (lost - 1)) & ~(2 ** lost - 1);
  return half[0];
};

const pooling = (mode) => (modules) => modules.map((one) => (one.type === "Pooling" ? { ...one, modes: [mode] } : one));
const without = (type) => (modules) => modules.filter((one) => one.type !== type);
const same = (modules) => modules;
/** Embeds the texts after changing each. */
const perText = (embed, change) => async (texts) => embed(texts.map(change));
const refusing = (embed, refuses, failure) => async (texts) => (refuses(texts) ? failure : embed(texts));

const wrong = (told, cause, model, embed, choice = {}) => ({ told, cause, model, embed, choice });

/** Servers with settings of the model that are not its own. */
function wrongSettings({ open, altered, folders: { minilm, cls, dense } }) {
  const own = open(minilm);
  const dot = changed(minilm, {
    "config_sentence_transformers.json": json((all) => ({ ...all, similarity_fn_name: "dot" })),
  });
  return [
    wrong("the prompt is missing", "prompt", minilm, own, promptArgs),
    wrong(
      "the prompt stands there twice",
      "prompt",
      minilm,
      perText(own, (text) => query + query + text),
      promptArgs,
    ),
    wrong("a prompt that nobody asked for", "prompt", cls, open(cls, searching)),
    wrong("pools the first token, not the mean", "pooling", minilm, altered(minilm, pooling("cls"))),
    wrong("pools the mean, not the first token", "pooling", cls, altered(cls, pooling("mean"))),
    wrong("pools the last token", "pooling", minilm, altered(minilm, pooling("lasttoken"))),
    wrong("pools the greatest values", "pooling", minilm, altered(minilm, pooling("max"))),
    wrong("pools the first token, in int8", "pooling", minilm, altered(minilm, pooling("cls"), { precision: "int8" })),
    wrong("leaves out a Dense layer", "dense", dense, altered(dense, without("Dense"))),
    wrong("does not normalize, where products count", "normalization", dot, altered(minilm, without("Normalize"))),
    wrong("cuts texts after 64 tokens, not 256", "truncation", minilm, altered(minilm, same, { maxTokens: 64 })),
    wrong("cuts texts after 128 tokens, not 256", "truncation", minilm, altered(minilm, same, { maxTokens: 128 })),
    wrong("cuts texts after 512 tokens, not 256", "truncation", minilm, altered(minilm, same, { maxTokens: 512 })),
  ];
}

/** Servers of other weights, other tokens or other values. */
function wrongContents({ open, random, folders: { minilm, sample } }) {
  const own = open(minilm);
  const cased = changed(minilm, {
    "tokenizer.json": json((all) => ({
      ...all,
      normalizer: { ...all.normalizer, lowercase: false, strip_accents: false },
    })),
    "tokenizer_config.json": json((all) => ({ ...all, do_lower_case: false, strip_accents: false })),
  });
  const revision = changed(minilm, { "model.safetensors": noisy(0.15, random) });
  const first = (vector) => unit(vector.slice(0, 128));
  const end = (text) => text.split(" ").slice(-200).join(" ");
  const ascii = (text) => text.replace(/[^\p{ASCII}]/gu, "");
  return [
    wrong("cuts off the beginning of long texts", "truncation", minilm, perText(own, end)),
    wrong("gives the first 128 dimensions", "dimensions", minilm, perVector(own, first)),
    wrong("does not make capitals small", "tokenizer", minilm, open(cased)),
    wrong("drops what is not ASCII", "tokenizer", minilm, perText(own, ascii)),
    wrong("another model, of other dimensions", "model", minilm, open(sample)),
    wrong(
      "another model, of the same dimensions",
      "model",
      minilm,
      perVector(own, (vector) => vector.toReversed()),
    ),
    wrong("other weights", "weights", minilm, open(revision)),
    wrong(
      "gives signs alone",
      "precision",
      minilm,
      perVector(own, (vector) => vector.map((one) => (one > 0 ? 1 : -1))),
    ),
  ];
}

/** Servers whose answers hang on the request. */
function wrongAnswers({ open, random, folders: { minilm } }) {
  const own = open(minilm);
  const words = (text) => text.split(" ").length;
  const leaking = async (texts) => {
    const longest = Math.min(128, Math.max(...texts.map(words)));
    return own(texts.map((text) => `${text}${" [PAD]".repeat(Math.max(0, longest - words(text)))}`));
  };
  const sorted = async (texts) => own([...texts].sort((a, b) => a.length - b.length));
  const firstOfAll = async (texts) => {
    const [vector] = await own(texts.slice(0, 1));
    return texts.map(() => vector);
  };
  const dropout = perVector(own, (vector) => vector.map((value) => value + 0.01 * normal(random)));
  const long = (texts) => texts.some((text) => text.length > 1500);
  const tooLong = { status: 400, body: { error: "input is too long" } };
  const oneOnly = { status: 422, body: { error: "one text at a time" } };
  return [
    wrong("refuses long texts", "long texts", minilm, refusing(own, long, tooLong)),
    wrong("padding leaks into shorter texts", "batch", minilm, leaking),
    wrong("gives answers in the order of lengths", "order", minilm, sorted),
    wrong("gives the first text's vector to all", "order", minilm, firstOfAll),
    wrong("has dropout on", "chance", minilm, dropout),
    wrong(
      "refuses requests of several texts",
      "answers",
      minilm,
      refusing(own, ({ length }) => length > 1, oneOnly),
    ),
  ];
}

/** Servers that err, each with the cause that is to be named. */
export const wrongServers = (tools) => [wrongSettings, wrongContents, wrongAnswers].flatMap((plant) => plant(tools));

const right = (told, model, embed, notes = [], choice = {}) => ({ told, model, embed, notes, choice });

/** Servers whose vectors are rounded otherwise, or written otherwise. */
function rightRounding({ open, altered, random, folders: { minilm } }) {
  const own = open(minilm);
  const each = (change) => perVector(own, (vector) => vector.map(change));
  const noise = (share) => each((value) => value * (1 + share * normal(random)));
  const base64 = (vector) => Buffer.from(Float32Array.from(vector).buffer).toString("base64");
  const pairs = async (texts) => {
    const rows = [];
    for (let i = 0; i < texts.length; i += 2) rows.push(...(await own(texts.slice(i, i + 2))));
    return rows;
  };
  const whole = each((value) => Math.round(value * 127 * 4));
  return [
    right("fp32", minilm, own),
    right("fp32, a text at a time", minilm, alone(own)),
    right("fp32, in batches of two", minilm, pairs),
    right("fp32, one thread", minilm, altered(minilm, same, { threads: 1 })),
    right("vectors as base64", minilm, perVector(own, base64)),
    right(
      "numbers of six digits",
      minilm,
      each((value) => Number(value.toFixed(6))),
    ),
    right("vectors rounded to fp16", minilm, each(rounded(10))),
    right("vectors rounded to bf16", minilm, each(rounded(7)), ["precision"]),
    right("weights in fp16", minilm, altered(minilm, same, { precision: "fp16" })),
    right("weights in bf16", minilm, altered(minilm, same, { precision: "bf16" }), ["precision"]),
    right("computes in int8", minilm, altered(minilm, same, { precision: "int8" }), ["precision"]),
    right("vectors as whole numbers of int8", minilm, whole, ["precision", "normalization"]),
    right("other rounding, 1e-6 of each value", minilm, noise(1e-6)),
    right("other rounding, 1e-3 of each value", minilm, noise(1e-3)),
  ];
}

/** Servers with settings that are harmless, or as they were asked for. */
function rightSettings({ open, altered, folders: { minilm, sample, cls, dense } }) {
  const own = open(minilm);
  const raw = altered(minilm, without("Normalize"));
  const first = (vector) => unit(vector.slice(0, 128));
  const blank = (texts) => texts.some((text) => text.trim() === "");
  const empty = { status: 400, body: { error: "empty input" } };
  const busy = { status: 503, body: { error: "overloaded" }, headers: { "retry-after": "0.01" } };
  let asked = 0;
  return [
    right("not normalized, compared by the cosine", minilm, raw, ["normalization"]),
    right("normalized, where the model is not", dense, perVector(open(dense), unit), ["normalization"]),
    right(
      "the prompt that was asked for",
      minilm,
      perText(own, (text) => query + text),
      [],
      promptArgs,
    ),
    right("the first token, as it should", cls, open(cls)),
    right("a table of words", sample, open(sample)),
    right("128 dimensions, as asked for", minilm, perVector(own, first), [], { dimensions: 128 }),
    right("refuses blanks", minilm, refusing(own, blank, empty), ["answers"]),
    right(
      "a call in ten fails",
      minilm,
      refusing(own, () => ++asked % 10 === 0, busy),
      ["answers"],
    ),
  ];
}

/** Servers that are right, with the causes that are to be told as harmless. */
export const rightServers = (tools) => [
  ...rightRounding(tools),
  ...rightSettings(tools),
  ...tools.reference.map(({ name, embed, notes }) => right(name, tools.folders.minilm, embed, notes)),
];
