import { describe, expect, it } from "vitest";
import type { Finding } from "./finding.ts";
import { certified, embed, open, own, type Serve, served } from "./testing/world.ts";

const right = served();
const change =
  (of: (vector: number[]) => number[], serve: Serve = right): Serve =>
  (texts, call) => {
    const made = serve(texts, call);
    return Array.isArray(made) ? made.map(of) : made;
  };
const prompted =
  (prompt: string): Serve =>
  (texts, call) =>
    right(
      texts.map((text) => prompt + text),
      call,
    );
const query = "query: ";
const failed = (kind: string) => ({ kind, failure: `it answered ${kind}`, seconds: 0 });
const refusing =
  (refuses: (texts: readonly string[]) => boolean): Serve =>
  (texts, call) =>
    refuses(texts) ? { ...failed("400"), final: true } : right(texts, call);

let drawn = 1;
/** Draws from -1 to 1 (Park and Miller's generator). */
const draw = (): number => {
  drawn = (drawn * 48_271) % 2_147_483_647;
  return (drawn / 2_147_483_647) * 2 - 1;
};

describe("a server that errs is told so", () => {
  const dot = { similarity: "dot", normalized: true } as const;
  it.each<[string, Finding["cause"], RegExp, Serve, Parameters<typeof certified>[1]?]>([
    ["no prompt", "prompt", /^the prompt "query: " is missing$/, right, { prompt: query }],
    ["two prompts", "prompt", /stands there twice$/, prompted(query + query), { prompt: query }],
    [
      "a prompt unasked",
      "prompt",
      /^it puts the model's prompt q, "query: ", before texts/,
      prompted(query),
      { facts: { prompts: { q: query } } },
    ],
    ["the first token", "pooling", /^it pools the first token$/, served({ pooling: "first" })],
    ["the last token", "pooling", /^it pools the last token$/, served({ pooling: "last" })],
    [
      "lengths where products count",
      "normalization",
      /^vectors are not normalized/,
      served({ normalize: false }),
      { facts: dot },
    ],
    ["texts cut early", "truncation", /^it cuts texts after 60 tokens \(60 words/, served({ limit: 60 })],
    [
      "texts cut late",
      "truncation",
      /^it cuts texts after 300 tokens .*, the model after 128$/,
      served({ limit: 300 }),
    ],
    ["texts not cut", "truncation", /^it cuts texts later than after 768 tokens/, served({ limit: 5000 })],
    [
      "the end of texts",
      "truncation",
      /^it cuts off the beginning of texts and takes their end, after 100 tokens/,
      (texts, call) =>
        right(
          texts.map((text) => text.split(" ").slice(-100).join(" ")),
          call,
        ),
    ],
    [
      "long texts refused",
      "long texts",
      /a text of 192 words, which the model cuts \(96 words are taken\)/,
      refusing(([text]) => text.split(" ").length > 100),
    ],
    [
      "some dimensions",
      "dimensions",
      /^vectors are cut to their first 8 of 32 values$/,
      change((vector) => vector.slice(0, 8)),
    ],
    ["capitals kept", "tokenizer", /^texts with capitals .*does not make capitals small/, served({ lower: false })],
    [
      "letters lost",
      "tokenizer",
      /^texts with accents and CJK and signs have other vectors: it drops all characters beyond ASCII$/,
      (texts, call) =>
        right(
          texts.map((text) => text.replace(/[^\p{ASCII}]/gu, "")),
          call,
        ),
    ],
    [
      "other weights",
      "weights",
      /another revision, fine-tuned weights/,
      (texts) =>
        texts.map((text) => embed(text, own).map((value, i) => value + 0.5 * embed(text, { ...own, salt: 5 })[i])),
    ],
    ["another model", "model", /another model, or of another tokenizer/, served({ salt: 9 })],
    ["signs", "precision", /^it gives the signs/, change((vector) => vector.map(Math.sign))],
    ["another order", "order", /got the vector of another one$/, (texts, call) => right([...texts].sort(), call)],
    [
      "one vector for all",
      "order",
      /got the vector of another one$/,
      (texts, call) =>
        right(
          texts.map(() => texts[0]),
          call,
        ),
    ],
    [
      "leaking batches",
      "batch",
      /texts have another vector beside others/,
      (texts, call) =>
        right(
          texts.map((text) => (texts.length > 1 ? `${text} [PAD]` : text)),
          call,
        ),
    ],
    ["chance", "chance", /another vector each time/, change((vector) => vector.map((value) => value + 0.05 * draw()))],
    [
      "no batches",
      "answers",
      /^8 of 8 requests of several texts got no vectors: it answered 400$/,
      refusing((texts) => texts.length > 1),
    ],
  ])("%s", async (_, cause, told, serve, given) => {
    const { findings, right: isRight } = await certified(serve, given);
    const harmful = findings.filter((one) => one.harmful);
    expect(isRight).toBe(false);
    expect(harmful.map((one) => one.cause)).toContain(cause);
    expect(harmful.find((one) => one.cause === cause)?.told).toMatch(told);
  });
});

describe("a server that is right is not accused", () => {
  const bf16 = (value: number): number => {
    const bytes = new DataView(new ArrayBuffer(4));
    bytes.setFloat32(0, value);
    bytes.setUint16(2, 0);
    return bytes.getFloat32(0);
  };
  it.each<[string, readonly Finding["cause"][], Serve, Parameters<typeof certified>[1]?]>([
    ["as it is", [], right],
    ["with its prompt", [], prompted(query), { prompt: query }],
    ["six digits", [], change((vector) => vector.map((value) => Number(value.toFixed(6))))],
    ["rounded to bf16", ["precision"], change((vector) => vector.map(bf16))],
    [
      "other rounding in each call",
      ["precision"],
      change((vector) => vector.map((value) => value * (1 + 1e-3 * draw()))),
    ],
    [
      "whole numbers",
      ["precision", "normalization"],
      change((vector) => vector.map((value) => Math.round(value * 500))),
    ],
    ["not normalized, by the cosine", ["normalization"], served({ normalize: false })],
    ["blanks refused", ["answers"], refusing(([text]) => text.trim() === "")],
    ["empty places behind the vector", ["dimensions"], change((vector) => [...vector, 0, 0])],
  ])("%s", async (_, causes, serve, given) => {
    const { findings, right: isRight, opened } = await certified(serve, given);
    expect([isRight, findings.map(({ cause }) => cause)]).toEqual([true, causes]);
    expect(opened).toEqual([]);
  });

  it("asks again where a call fails that may go well, waits as it is asked, and counts", async () => {
    const serve: Serve = (texts, call) => (call % 10 === 3 ? { ...failed("503"), pause: 20 } : right(texts, call));
    const { findings, right: isRight, calls, failed: lost, waits } = await certified(serve);
    expect([isRight, findings]).toEqual([
      true,
      [{ cause: "answers", harmful: false, told: `5 of ${calls} calls failed: 503 (5)` }],
    ]);
    expect(lost).toEqual([{ kind: "503", count: 5, example: "it answered 503" }]);
    expect(waits).toEqual([20, 20, 20, 20, 20]);
  });
});

it("is an error where the server gives no vectors", async () => {
  await expect(certified(() => ({ ...failed("401"), final: true }))).rejects.toThrow(
    "certify: the server gave vectors of 0 plain texts, at least 3 are needed; it answered 401",
  );
});

it("opens no other model while the model's own settings explain the vectors", async () => {
  expect((await certified(served())).opened).toEqual([]);
  expect((await certified(served({ pooling: "last" }))).opened).toHaveLength(2);
  expect(open().info.maxTokens).toBe(128);
});
