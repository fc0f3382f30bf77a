import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { type Aggregate, aggregates } from "../../tasks/aggregates.ts";
import { task } from "../testing/results.ts";
import { compareRuns } from "./compare-runs.ts";
import { openOne } from "./evidence.ts";
import { byHand, made, own, record, values } from "./testing/runs.ts";

const known = [task("A"), task("B"), task("C", "Retrieval"), task("D", "Classification")];
const options = { known, statistics: byHand };
const numbers = <Row extends object>(row: Row | undefined) =>
  row && JSON.parse(JSON.stringify(row), (_, value) => (typeof value === "number" ? +value.toFixed(6) : value));

describe("samples of a comparison", () => {
  it.each([
    ["are missing", { A: values(0.6, 0) }, {}, "no samples of the candidate"],
    [
      "of a subset are missing",
      { A: values(0.6, 0) },
      { A: [] },
      "no samples of the candidate of split test, subset default",
    ],
    [
      "are of another run",
      { A: values(0.6, 0) },
      { A: values(0.61, 0) },
      "samples of the candidate are of another run: they give 0.610000, its result 0.600000 (split test, subset default)",
    ],
    [
      "are of other rows",
      { A: values(0.6, 0, 6) },
      { A: values(0.6, 0) },
      "samples of other rows: 6 in the base, 4 in the candidate (split test, subset default)",
    ],
    [
      "are damaged",
      { A: values(0.6, 0) },
      { A: new InputError("x.parquet: it is damaged") },
      "samples of the candidate cannot be used: x.parquet: it is damaged",
    ],
  ])("treats a task whose samples %s as one without", async (_, first, second, reason) => {
    const base = made("m", [own("A", 0.6)], first);
    const comparison = await compareRuns(base, made("m", [own("A", 0.6)], second), options);
    expect(comparison.tasks[0]).toEqual({
      task: "A",
      type: "STS",
      base: 0.6,
      candidate: 0.6,
      difference: 0,
      verdict: "unknown",
      evaluationSeconds: { base: 6.25, candidate: 6.25 },
    });
    expect(comparison.overall).toEqual({ base: 0.6, candidate: 0.6, difference: 0, tasks: 1, verdict: "unknown" });
    expect(comparison.types[0]).toMatchObject({ verdict: "unknown" });
    expect(comparison.notes).toEqual([`not known how sure: ${reason}: A`]);
  });

  it("calls samples of an undefined score no others", async () => {
    const member = { required: task("A"), base: own("A", Number.NaN) };
    expect(() => openOne(values(Number.NaN, 0), "base", member, ["test", "default"], byHand)).toThrow(
      /^the score of the base is undefined \(split test, subset default\), so that no unit has a value$/,
    );
  });

  it("holds samples against a score of six places, five where documents are ranked", async () => {
    const off = (by: number, name: string) =>
      compareRuns(
        made("m", [own(name, 0.6)], { [name]: values(0.6, 0) }),
        made("m", [own(name, 0.6)], { [name]: values(0.6 + by, 0) }),
        options,
      );
    expect((await off(4e-7, "A")).notes).toEqual([]);
    expect((await off(6e-7, "A")).notes[0]).toContain("of another run");
    expect((await off(4e-6, "C")).notes).toEqual([]);
    expect((await off(6e-6, "C")).notes[0]).toContain("of another run");
  });

  it("has no verdict on a mean of which one task has no samples, and one on each other", async () => {
    const scores = [own("A", 0.5), own("C", 0.5)];
    const base = made("m", scores, { A: values(0.5, 0), C: values(0.5, 0) });
    const better = [own("A", 0.6), own("C", 0.6)];
    const { overall, meanType, types } = await compareRuns(base, made("m", better, { C: values(0.6, 0) }), options);
    expect([overall?.verdict, meanType?.verdict]).toEqual(["unknown", "unknown"]);
    expect(overall?.interval).toBeUndefined();
    expect(types.map(({ type, verdict }) => [type, verdict])).toEqual([
      ["Retrieval", "better"],
      ["STS", "unknown"],
    ]);
  });

  it("finds two runs of other samples' names different", async () => {
    const named = (ids: string[]) =>
      values(0.5, 0).map((one) => ({ ...one, samples: { ...one.samples, ids } }) as typeof one);
    const base = made("m", [own("A", 0.5)], { A: named(["q1", "q2", "q3", "q4"]) });
    const same = made("m", [own("A", 0.5)], { A: named(["q1", "q2", "q3", "q4"]) });
    const other = made("m", [own("A", 0.5)], { A: named(["q1", "q2", "q3", "q5"]) });
    expect((await compareRuns(base, same, options)).notes).toEqual([]);
    expect((await compareRuns(base, other, options)).notes[0]).toContain("samples of other rows");
  });
});

describe("an aggregate", () => {
  const cqadupstack = aggregates().find(({ name }) => name === "CQADupstackRetrieval") as Aggregate;
  const parts = cqadupstack.parts.map((name) => task(name, "Retrieval"));
  const whole = { ...task(cqadupstack.name, "Retrieval") };
  const forums = { ...options, known: [task("A"), ...parts, whole] };
  const all = (score: number, about = {}) => cqadupstack.parts.map((name) => own(name, score, about));
  const samples = (score: number) => Object.fromEntries(cqadupstack.parts.map((name) => [name, values(score, 0)]));

  it("stands in place of its parts, whose samples are its own", async () => {
    const { tasks, incomparable, overall } = await compareRuns(
      made("m", all(0.5), samples(0.5)),
      made("m", all(0.52), samples(0.52)),
      forums,
    );
    expect(incomparable).toEqual([]);
    expect(overall?.tasks).toBe(1);
    expect(numbers(tasks)).toEqual([
      {
        task: cqadupstack.name,
        type: "Retrieval",
        base: 0.5,
        candidate: 0.52,
        difference: 0.02,
        interval: [0.015, 0.025],
        pValue: 0.01,
        verdict: "better",
        // 6.25 for each of the twelve.
        evaluationSeconds: { base: 75, candidate: 75 },
      },
    ]);
  });

  it("is compared without them where one side stores it alone, and gives way to the parts where one is missing", async () => {
    const alone = made("m", [own(cqadupstack.name, 0.5, { datasetRevision: "1" })]);
    const { tasks, notes } = await compareRuns(alone, made("m", all(0.52)), forums);
    expect(numbers(tasks)).toMatchObject([{ task: cqadupstack.name, difference: 0.02, verdict: "unknown" }]);
    expect(notes).toContain(`not known how sure: no samples of the base: ${cqadupstack.name}`);
    const [, ...eleven] = all(0.52);
    const parted = await compareRuns(made("m", all(0.5)), made("m", eleven), forums);
    expect(parted.tasks).toHaveLength(11);
    expect(parted.incomparable.map(({ task: name }) => name)).toEqual([cqadupstack.parts[0]]);
  });

  it("says which part differs, and which has no samples", async () => {
    const [first, ...rest] = all(0.5);
    const precise = made("m", [{ ...first, run: { ...record, precision: "int8" } }, ...rest]);
    const { incomparable } = await compareRuns(made("m", all(0.5)), precise, forums);
    expect(incomparable.map(({ reason }) => reason)).toEqual([
      `${cqadupstack.parts[0]}: precision fp32 against int8 (--allow precision compares them all the same)`,
    ]);
    const { notes } = await compareRuns(made("m", all(0.5), samples(0.5)), made("m", all(0.5)), forums);
    expect(notes).toEqual([
      `not known how sure: ${cqadupstack.parts[0]}: no samples of the candidate: ${cqadupstack.name}`,
    ]);
  });
});
