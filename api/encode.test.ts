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

  it("encodes no more once it is closed, and is closed while it encodes", async () => {
    const model = await openModel({ model: "pramana/static-minilm-128" });
    const closed = /^model: it is closed, and computes nothing more; open it again$/;
    const texts = Array.from({ length: 3000 }, (_, i) => `text ${i}${" of many".repeat(40)}`);
    // Closed from within, so that there are batches to come.
    const cut = model.encode(texts, { onProgress: () => void model.close() });
    await expect(cut).rejects.toThrow(closed);
    await model.close();
    await expect(model.encode(["a"])).rejects.toThrow(closed);
    await expect(model.encode(["a"])).rejects.toBeInstanceOf(InputError);
  });

  it("refuses what the compiler would, for callers without one", async () => {
    const model = await openModel({ model: fixture });
    const refused: readonly (readonly [unknown[], string])[] = [
      [["a"], 'encode: "a" is given; expected a list of texts'],
      [[undefined], "encode: undefined is given; expected a list of texts"],
      [[["a"], { role: "quary" }], 'role: "quary" is unknown (did you mean "query"?); expected one of query, document'],
      [
        [["a"], { rolle: "query" }],
        'encode: there is no option "rolle" (did you mean "role"?); expected prompt, promptName',
      ],
      [[["a"], { prompt: 3 }], "encode: prompt: 3 is given; expected a text"],
      [[["a"], "query"], 'encode: "query" is given; expected an object of options: prompt'],
    ];
    for (const [given, message] of refused) {
      await expect(model.encode(...(given as Parameters<typeof model.encode>))).rejects.toThrow(message);
    }
    await model.close();
    const misspelt = { model: fixture, dimension: 8 };
    await expect(openModel(misspelt)).rejects.toThrow(
      'openModel: there is no option "dimension" (did you mean "dimensions"?)',
    );
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
