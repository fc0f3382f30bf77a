import { describe, expect, it } from "vitest";
import { InputError, openModel } from "./index.ts";

const fixture = "./models/fixtures/bert-cls";

async function encode(...calls: Parameters<Awaited<ReturnType<typeof openModel>>["encode"]>[]): Promise<number[][][]> {
  const model = await openModel({ model: fixture });
  try {
    const vectors = [];
    for (const call of calls) vectors.push((await model.encode(...call)).map((vector) => [...vector]));
    return vectors;
  } finally {
    await model.close();
  }
}

describe("openModel", () => {
  it("gives a vector for each text, in their order", async () => {
    const model = await openModel({ model: "pramana/static-minilm-128" });
    const [first, again, third] = await model.encode(["a boat", "a boat", "the price of a ticket"]);
    await model.close();
    expect(first).toHaveLength(model.info.dims);
    expect(again).toEqual(first);
    expect(third).not.toEqual(first);
    expect(model.info).toMatchObject({ id: "pramana/static-minilm-128", device: "cpu" });
  });

  it("puts before a text what is asked for, or what the model has for the role or the task", async () => {
    // The prompt stands in config_sentence_transformers.json of the fixture.
    const query = "Represent this sentence for searching relevant passages: ";
    const text = "how deep is the sea";
    const [plain, asQuery, named, given, forTask, before, asDocument] = await encode(
      [[text]],
      [[text], { role: "query" }],
      [[text], { promptName: "query" }],
      [[text], { prompt: query, role: "query" }],
      [[text], { task: "SciFact", role: "query" }],
      [[query + text], { prompt: "" }],
      [[text], { role: "document" }],
    );
    expect(asQuery).not.toEqual(plain);
    for (const same of [named, given, forTask, before]) expect(same).toEqual(asQuery);
    expect(asDocument).toEqual(plain);
  });

  it("says what it cannot do", async () => {
    await expect(openModel({ model: "bm25" })).rejects.toThrow("ranks documents by their words and makes no vectors");
    await expect(openModel({})).rejects.toThrow("model: none was given");
    await expect(encode([["a"], { promptName: "querry" }])).rejects.toThrow(
      'no prompt named querry (did you mean "query"?)',
    );
    await expect(encode([["a"], { task: "SciFacts" }])).rejects.toBeInstanceOf(InputError);
    const reason = new Error("enough");
    await expect(openModel({ model: fixture, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
