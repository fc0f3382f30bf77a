import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { evilName, measuredData, modelOf, pageData, valuesOf } from "../testing/sample.ts";
import {
  differencesCsv,
  differencesOf,
  filtered,
  languagesCsv,
  qualityOf,
  sorted,
  tableCsv,
  weightedMean,
} from "./choose.mjs";
import { defaultState, type State } from "./state.mjs";

const data = measuredData({ "acme/small": 812.4, "acme/new": 50 });
const state = (chosen: Partial<State> = {}): State => ({ ...defaultState(data), ...chosen });
const shown = (chosen: Partial<State>) => {
  const { models, untold } = filtered(data, state(chosen));
  return [models.map(({ name }) => name), untold];
};
const [large, small, slow, half, fresh] = ["acme/large", "acme/small", "acme/slow", "acme/half", "acme/new"];

describe("the filters", () => {
  it.each<[Partial<State>, string[], number]>([
    [{}, [large, small, half, slow, evilName, fresh], 0],
    [{ text: "ACME l" }, [large, small, half, slow], 0],
    [{ text: "  large " }, [large], 0],
    [{ complete: true }, [large, small, slow, evilName], 0],
    [{ from: "pramana" }, [large, fresh], 0],
    [{ from: "other", complete: true }, [small, slow, evilName], 0],
    [{ size: 30e6 }, [small, half, evilName], 1],
    [{ size: 30e6, from: "other" }, [small, half, evilName], 0],
    [{ dims: 383 }, [], 1],
    [{ tokens: 512 }, [large, small, half, slow, evilName], 1],
    [{ tokens: 513 }, [], 1],
    [{ licence: "mit" }, [small], 0],
    [{ licence: "not known" }, [half, slow, evilName, fresh], 0],
    [{ kind: "dense" }, [], 6],
    [{ text: "acme", size: 300e6, complete: true }, [large, small], 0],
  ])("%j", (chosen, names, untold) => expect(shown(chosen)).toEqual([names, untold]));
});

describe("the weights", () => {
  const mean = (name: string, weights: State["weights"]) => weightedMean(data, modelOf(name, data), weights);

  it("make a mean over the parts, equal ones the mean over types", () => {
    expect(mean(large, {})).toBeCloseTo(Number(valuesOf(large, data)["meanType"]), 12);
    // 90, 60 and 75 of pairs, retrieval and STS.
    expect(mean(large, { retrieval: 2, sts: 0 })).toBeCloseTo((90 + 2 * 60) / 3, 12);
    expect(mean(large, { retrieval: 0.5 })).toBeCloseTo((90 + 75 + 30) / 2.5, 12);
  });

  it("ask for no score of what does not count, and make no mean of nothing", () => {
    expect(mean(half, {})).toBeNull();
    expect(mean(half, { retrieval: 0, pairClassification: 0 })).toBe(99);
    expect(mean(large, { retrieval: 0, pairClassification: 0, sts: 0 })).toBeNull();
  });

  it("re-rank, and are the quality of the chart until another is chosen", () => {
    const weights = { retrieval: 0, pairClassification: 0 };
    const chosen = state({ weights, sort: "weighted", order: "descending" });
    expect(sorted(data, chosen, data.models).map(({ name }) => name)).toEqual([
      half,
      large,
      small,
      slow,
      evilName,
      fresh,
    ]);
    expect(qualityOf(data, chosen, modelOf(half, data))).toBe(99);
    expect(qualityOf(data, { ...chosen, y: "meanTask" }, modelOf(half, data))).toBeNull();
    expect(qualityOf(data, state({ y: "retrieval" }), modelOf(large, data))).toBe(60);
  });

  it("do not touch scores of a share of the units", () => {
    const limited = { ...modelOf(large, data), isLimited: true } as const;
    expect(qualityOf(data, state(), limited)).toBeNull();
    expect(qualityOf(data, state({ weights: { sts: 2 } }), limited)).toBeNull();
  });
});

describe("sorting", () => {
  const names = (sort: string, order: State["order"]) =>
    sorted(data, state({ sort, order }), data.models).map(({ name }) => name);

  it("goes both ways, what is missing last, equal ones in the order of the page", () => {
    expect(names("retrieval", "descending")).toEqual([large, slow, evilName, small, half, fresh]);
    expect(names("retrieval", "ascending")).toEqual([small, slow, evilName, large, half, fresh]);
    expect(names("parameters", "ascending")).toEqual([half, evilName, small, large, slow, fresh]);
    expect(names("licence", "descending").slice(0, 2)).toEqual([small, large]);
    expect(names("model", "ascending")[0]).toBe(half);
  });
});

describe("the file of values", () => {
  it("has what is shown: its columns, its rows in their order, numbers with points, nothing where nothing is known", () => {
    const text = tableCsv(data, state({ sort: "sts", order: "descending", from: "other" }));
    const [first, second] = parse(text, { columns: true }) as Record<string, string>[];
    expect(first).toMatchObject({
      model: half,
      scores: "other",
      rank: "3",
      meanTask: "",
      sts: "99",
      lacks: "lacks 2 of 4 tasks",
    });
    expect(second).toMatchObject({
      model: small,
      meanTask: "68.75",
      textsPerSecond: "812.4",
      licence: "mit",
      lacks: "",
    });
    expect(text.split("\r\n")[0]).toBe(`model,scores,${data.columns.map(({ field }) => field).join(",")},lacks`);
  });

  it("has the mean by weights where there is one", () => {
    const text = tableCsv(data, state({ weights: { retrieval: 0 }, text: "large" }));
    expect(parse(text, { columns: true })).toMatchObject([{ model: large, weighted: "82.5", meanType: "75" }]);
  });

  it("lets no name be a formula, or end its field", () => {
    const named = (name: string) => ({ ...data, models: [{ ...modelOf(small, data), name }] });
    const cell = (name: string) => (parse(tableCsv(named(name), state())) as string[][])[1]?.[0];
    expect(cell('=HYPERLINK("http://x")')).toBe(`'=HYPERLINK("http://x")`);
    expect(cell('a,"b"\r\nc')).toBe('a,"b"\r\nc');
  });

  it("of two models has each task, of languages each mean", () => {
    const [a, b] = [modelOf(large, data), modelOf(half, data)];
    expect(differencesCsv(data, a, b).split("\r\n").slice(0, 4)).toEqual([
      "task,type,acme/large,acme/half,difference",
      ...["Sts1,STS,80,99,-19", "Sts2,STS,70,99,-29", "Search,Retrieval,60,,"],
    ]);
    const page = { ...pageData(), languages: [{ heading: "German (deu-Latn)", short: "deu" }] };
    const spoken = { ...page, models: page.models.slice(0, 1).map((model) => ({ ...model, languages: [12.5] })) };
    expect(languagesCsv(spoken, state())).toBe("model,German (deu-Latn)\r\nacme/large,12.5\r\n");
  });
});

describe("two models, task by task", () => {
  it("go from where the first is better by the most to what one lacks", () => {
    const rows = differencesOf(data, modelOf(large, data), modelOf(small, data));
    expect(rows.map(({ name, difference }) => [name, difference])).toEqual([
      ["Search", 20],
      ["Sts1", 10],
      ["Pairs", 0],
      ["Sts2", -5],
    ]);
  });
});
