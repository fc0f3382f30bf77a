import { describe, expect, it } from "vitest";
import { evilName, measuredData, pageData } from "../testing/sample.ts";
import { defaultState, readState, type State, writeState } from "./state.mjs";

const data = measuredData({ "acme/small": 5, "acme/large": 6 });
const standard = defaultState(data);
const read = (hash: string, page = data) => readState(hash, page);

describe("the state in the address", () => {
  it("is nothing where nothing was chosen", () => {
    expect(writeState(standard, data)).toBe("");
    expect(read("")).toEqual({ state: standard, unknown: [] });
    expect(read("#")).toEqual({ state: standard, unknown: [] });
    expect(standard).toMatchObject({ view: "models", sort: "rank", order: "ascending", x: "latencyMs", y: "" });
    expect(standard).toMatchObject({ first: "acme/large", second: "acme/small" });
  });

  it("comes back as it was written, whatever was chosen", () => {
    const chosen: Partial<State>[] = [
      { view: "compare", first: evilName, second: "acme/half" },
      { text: "a b&c=#%ü", size: 5e7, dims: 384, tokens: 512, licence: "mit", from: "built in" },
      { licence: "not known" },
      { complete: true, sort: "model", order: "descending" },
      { sort: "rank", order: "descending" },
      { x: "parameters", y: "sts" },
      { weights: { sts: 2.5, retrieval: 0 }, sort: "weighted", order: "descending" },
      { weights: { sts: 2.5 }, sort: "rank", order: "ascending" },
      { weights: { sts: 4 }, sort: "weighted", order: "ascending" },
    ];
    for (const choice of chosen) {
      const state = { ...standard, ...choice };
      expect(read(`#${writeState(state, data)}`)).toEqual({ state, unknown: [] });
    }
  });

  it("is short and can be read", () => {
    const state = { ...standard, text: "bge", size: 5e8, sort: "retrieval", order: "descending" } as const;
    expect(writeState(state, data)).toBe("text=bge&size=500000000&sort=-retrieval");
    expect(
      writeState({ ...standard, weights: { sts: 2, retrieval: 1 }, sort: "weighted", order: "descending" }, data),
    ).toBe("weight.sts=2");
  });

  it("orders by weights where nothing else is asked for", () => {
    expect(read("weight.sts=2").state).toMatchObject({ sort: "weighted", order: "descending", weights: { sts: 2 } });
    expect(read("weight.sts=2&sort=rank").state).toMatchObject({ sort: "rank", order: "ascending" });
    expect(read("sort=-weighted").state).toMatchObject({ sort: "rank", order: "ascending" });
  });

  it.each([
    ...[
      "view=all",
      "size=-1",
      "size=many",
      "sort=-none",
      "x=memory",
      "x=bytesPerDocument",
      "y=rank",
      "first=acme/none",
    ],
    ...[
      "weight.sts=5",
      "weight.sts=-1",
      "weight.none=2",
      "constructor=1",
      "weights=1",
      "order=ascending",
      "complete=no",
    ],
  ])("leaves out and names what the page does not have: %s", (hash) => {
    expect(read(`text=a&${hash}`)).toEqual({ state: { ...standard, text: "a" }, unknown: [hash] });
  });

  it("begins with a score that there is, where no model has the mean", () => {
    const few = { ...data, models: data.models.filter(({ name }) => name === "acme/half" || name === "acme/new") };
    expect(defaultState(few).y).toBe("sts");
    const mean = { ...defaultState(few), y: "" };
    expect(readState(writeState(mean, few), few)).toEqual({ state: mean, unknown: [] });
  });

  it("has no axis where nothing is known, and no model where there is none", () => {
    const bare = { ...pageData(), columns: [], models: [] };
    expect(defaultState(bare)).toMatchObject({ x: "", first: "", second: "" });
  });
});
