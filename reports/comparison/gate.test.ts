import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { Comparison, Verdict } from "./comparison.ts";
import { trips } from "./gate.ts";
import { parseGate, parseRule } from "./rule.ts";

const difference = (points: number, verdict: Verdict) => ({
  base: 0.5,
  candidate: 0.5 + points / 100,
  difference: points / 100,
  verdict,
  evaluationSeconds: {},
});

const comparison: Comparison = {
  base: { model: "a", revision: "1" },
  candidate: { model: "a", revision: "2" },
  confidence: 0.95,
  resamples: 4000,
  seed: 42,
  tasks: [
    { task: "ArguAna", type: "Retrieval", ...difference(-1.5, "worse") },
    { task: "SciFact", type: "Retrieval", ...difference(-1.2, "no difference") },
    { task: "STS12", type: "STS", ...difference(2, "better") },
    { task: "STS13", type: "STS", ...difference(-0.4, "unknown") },
  ],
  incomparable: [],
  types: [
    { type: "Retrieval", tasks: 2, ...difference(-1.35, "worse") },
    { type: "STS", tasks: 2, ...difference(0.8, "unknown") },
  ],
  overall: { tasks: 4, ...difference(-0.275, "unknown") },
  notes: [],
};

const reasons = (rule: string, of: Comparison = comparison) =>
  trips([parseRule(rule)], of).flatMap((trip) => trip.reasons);

describe("parseRule", () => {
  it.each([
    ["overall < -0.2", { subject: "overall", sign: "<", points: -0.2, significant: false }],
    ["  any<=-1.0   and significant ", { subject: "any", sign: "<=", points: -1, significant: true }],
    ["Retrieval > .5", { subject: "Retrieval", sign: ">", points: 0.5, significant: false }],
    ["SICK-R >= +2", { subject: "SICK-R", sign: ">=", points: 2, significant: false }],
    ["any < −1.5 AND Significant", { subject: "any", sign: "<", points: -1.5, significant: true }],
  ])("reads %s", (text, rule) => {
    expect(parseRule(text)).toEqual({ text: text.trim(), ...rule });
  });

  const grammar =
    "; a rule is SUBJECT < NUMBER [and significant], such as overall < -0.2 or any < -1.0 and significant";
  it.each([
    ["", 'rule "": at character 1, its end: expected overall, any, a task type, or a task\'s name'],
    ["< 3", 'rule "< 3": at character 1, "< 3": expected overall, any, a task type, or a task\'s name'],
    ["overall", 'rule "overall": at character 8, its end: expected <, <=, > or >='],
    ["overall = 3", 'rule "overall = 3": at character 9, "= 3": expected <, <=, > or >='],
    [
      "Pair classification < 3",
      'rule "Pair classification < 3": at character 6, "classification < 3": expected <, <=, > or >=',
    ],
    ["any < one", 'rule "any < one": at character 7, "one": expected a number of points, such as -0.5'],
    ["any < -1.0%", 'rule "any < -1.0%": at character 7, "-1.0%": expected a number of points, such as -0.5'],
    ["any < 1e3", 'rule "any < 1e3": at character 7, "1e3": expected a number of points, such as -0.5'],
    [
      "any < -1 or significant",
      'rule "any < -1 or significant": at character 10, "or significant": expected nothing more, or "and significant"',
    ],
    ["any < -1 and worse", 'rule "any < -1 and worse": at character 14, "worse": expected "significant"'],
    [
      "any < -1 and significant too",
      'rule "any < -1 and significant too": at character 26, "too": expected nothing more',
    ],
  ])("says of %j where it stops to be a rule", (text, message) => {
    expect(() => parseRule(text)).toThrow(new InputError(message + grammar));
  });
});

describe("parseGate", () => {
  it("reads a rule a line, comments and empty lines left out", () => {
    const rules = parseGate(
      "# what must not happen\r\noverall < -0.2 # a bit of room\n\n  any < -1 and significant\n",
      "gate.txt",
    );
    expect(rules.map(({ text, place }) => [text, place])).toEqual([
      ["overall < -0.2", "gate.txt, line 2"],
      ["any < -1 and significant", "gate.txt, line 4"],
    ]);
  });

  it("names the line of what is no rule, and refuses a file without rules, which would pass everything", () => {
    expect(() => parseGate("any < 1\nany", "gate.txt")).toThrow(
      /^gate.txt, line 2: rule "any": at character 4, its end: /,
    );
    expect(() => parseGate("# any < 1\n", "gate.txt")).toThrow(/^gate.txt: there is no rule in it; a rule is SUBJECT /);
  });
});

describe("trips", () => {
  it.each([
    ["overall < -0.2", ["overall −0.28"]],
    ["overall < -0.3", []],
    ["any < -1", ["ArguAna −1.50", "SciFact −1.20"]],
    ["any < -1 and significant", ["ArguAna −1.50, worse"]],
    [
      "any < 0 and significant",
      ["ArguAna −1.50, worse", "STS13 −0.40, and without samples nobody can tell whether that is significant"],
    ],
    ["any > 1.5 and significant", ["STS12 +2.00, better"]],
    ["any <= -1.5", ["ArguAna −1.50"]],
    ["any < -1.5", []],
    ["any >= 2", ["STS12 +2.00"]],
    ["any > 2", []],
    ["Retrieval < -1 and significant", ["Retrieval −1.35, worse"]],
    ["STS < 0", []],
    ["STS > 0.5 and significant", ["STS +0.80, and without samples nobody can tell whether that is significant"]],
    ["STS13 < -0.3", ["STS13 −0.40"]],
    ["STS13 < -0.5 and significant", []],
    ["SciFact < -1 and significant", []],
    ["NFCorpus < -1", ["neither run has a result of NFCorpus"]],
    ["Clustering < -1", ["neither run has a result of type Clustering"]],
  ])("%s", (rule, expected) => {
    expect(reasons(rule)).toEqual(expected);
  });

  it("trips where a task of its subject cannot be compared, whatever the others say", () => {
    const holed = {
      ...comparison,
      incomparable: [{ task: "STS14", type: "STS", reason: "precision fp32 against int8" } as const],
    };
    const gap = "1 of 5 tasks cannot be compared: STS14; --tasks names those that count";
    expect(reasons("any < -9", holed)).toEqual([gap]);
    expect(reasons("overall < -9", holed)).toEqual([gap]);
    expect(reasons("STS < -9", holed)).toEqual([
      "1 of 3 tasks cannot be compared: STS14; --tasks names those that count",
    ]);
    expect(reasons("STS14 < -9", holed)).toEqual(["STS14 cannot be compared: precision fp32 against int8"]);
    expect(reasons("Retrieval < -9", holed)).toEqual([]);
    expect(reasons("any < -1", holed)).toEqual(["ArguAna −1.50", "SciFact −1.20", gap]);
  });

  it("says where a task counts within another one, and how to have it by itself", () => {
    const whole = { task: "CQADupstackRetrieval", type: "Retrieval", ...difference(-1, "worse") } as const;
    expect(reasons("CQADupstackTexRetrieval < -9", { ...comparison, tasks: [whole] })).toEqual([
      "CQADupstackTexRetrieval counts within CQADupstackRetrieval here; --tasks compares it by itself",
    ]);
  });

  it("trips where nothing was compared", () => {
    const { overall: _overall, ...nothing } = { ...comparison, tasks: [], types: [] };
    expect(["any < -9", "overall < -9", "STS < -9"].map((rule) => reasons(rule, nothing))).toEqual([
      ["no task was compared"],
      ["no task was compared"],
      ["neither run has a result of type STS"],
    ]);
    const gone = { ...nothing, incomparable: [{ task: "STS14", type: "STS", reason: "r" } as const] };
    expect(reasons("overall < -9", gone)).toEqual([
      "1 of 1 task cannot be compared: STS14; --tasks names those that count",
    ]);
  });

  it("keeps the order of the rules and passes those that hold nowhere", () => {
    const rules = ["any < -9", "STS12 > 1", "overall < -0.2"].map(parseRule);
    expect(trips(rules, comparison).map(({ rule }) => rule)).toEqual([rules[1], rules[2]]);
    expect(trips([], comparison)).toEqual([]);
  });

  it("takes no difference for crossing a limit by the last bit of a sum", () => {
    const [one, ...rest] = comparison.tasks;
    const exact = { ...comparison, tasks: [{ ...one, difference: 0.7 - 0.702 }, ...rest] };
    expect(0.7 - 0.702 < -0.002).toBe(true);
    expect(reasons("ArguAna < -0.2", exact)).toEqual([]);
    expect(reasons("ArguAna <= -0.2", exact)).toEqual(["ArguAna −0.20"]);
  });
});
