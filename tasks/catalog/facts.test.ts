import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import { aggregates } from "../aggregates.ts";
import { benchmarks, benchmarkTasks, getBenchmark } from "../benchmarks.ts";
import { findTask, getTask, leftOut, taskNames } from "../index.ts";
import type { TaskSpec } from "../task.ts";
import { sampleTasks } from "./sample.ts";
import { settingsByTheReference } from "./testing/reference-settings.ts";

type Languages = Readonly<Record<string, readonly string[]>>;
interface Fact {
  readonly name: string;
  readonly type: string;
  readonly base: string;
  readonly dataset: { readonly path: string; readonly revision: string; readonly name?: string };
  readonly splits: readonly string[];
  readonly languages: Languages | { rule: "fromName"; subsets: string[] } | { rule: "orderedPairs"; codes: string[] };
  readonly main_score: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly preparation: readonly unknown[];
  readonly special?: string;
  readonly prompt: TaskSpec["prompt"] | null;
  readonly licence: string | null;
  readonly reference: string | null;
  readonly aggregate?: readonly string[];
  readonly is_public?: boolean;
}
interface BenchmarkFact {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly types: readonly string[];
  readonly public_only: boolean;
  readonly tasks: readonly (string | { name: string; subsets?: string[]; splits?: string[] })[];
}

const shared = sharedFolder() ?? "";
const read = (name: string) => (shared === "" ? {} : JSON.parse(readFileSync(join(shared, name), "utf8")));
const { tasks: facts = [] }: { tasks?: readonly Fact[] } = read("facts-tasks.json");
const { benchmarks: lists = [] }: { benchmarks?: readonly BenchmarkFact[] } = read("facts-benchmarks-all.json");
/** Tasks whose steps are our own, which a fixture of mteb's loader holds them to; the others have those of the material. */
const laidOut = ["retrieval-layouts.jsonl", "bitext-layouts.jsonl"].flatMap((name) =>
  readFileSync(new URL(`../protocols/fixtures/${name}`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((line): string => JSON.parse(line).task),
);
const corrected: readonly string[] = [
  "LEMBNeedleRetrieval",
  "NorQuadRetrieval",
  "PublicHealthQA",
  "SKQuadRetrieval",
  "SNLRetrieval",
  "TV2Nordretrieval",
];
const hasOwnSteps = ({ name, special }: Fact): boolean =>
  laidOut.includes(name) && (special !== undefined || corrected.includes(name));
/** Steps of the tasks whose rows mteb prepares by code of their own, which were tried beside it. */
const special = new Map(
  readFileSync(new URL("../../datasets/fixtures/preparation-special.jsonl", import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((line): { name: string; steps: unknown } => JSON.parse(line))
    .map(({ name, steps }) => [name, steps]),
);
const runnable = facts.filter(({ name }) => findTask(name) !== undefined);

/** Writes languages out by the rules that the material states, another way than the program. */
function written({ languages }: Fact): Languages {
  if (!("rule" in languages) || Array.isArray(languages.rule)) return languages as Languages;
  const found: Record<string, string[]> = {};
  const add = (...names: string[]) => {
    found[names.join("-")] = names.map((name) => name.replace("_", "-"));
  };
  if (languages.rule === "fromName") for (const subset of languages.subsets) add(...subset.split("-"));
  else for (const a of languages.codes) for (const b of languages.codes) if (a !== b) add(a, b);
  return found;
}

describe.skipIf(shared === "")("the catalogue beside mteb's registry", () => {
  it("has every task: to run, as an aggregate, or left out with a reason", () => {
    const names = [...taskNames(), ...aggregates().map(({ name }) => name), ...leftOut().map(({ name }) => name)];
    const own = new Set(sampleTasks.map(({ name }) => name));
    expect(names.filter((name) => !own.has(name)).sort()).toEqual(facts.map(({ name }) => name).sort());
    expect(leftOut().every(({ reason }) => reason.length > 10)).toBe(true);
    const hidden = facts.filter((fact) => fact.is_public === false).map(({ name }) => name);
    expect(leftOut().flatMap((task) => (task.private === undefined ? [] : [task.name]))).toEqual(hidden);
  });

  it("has each task's fields", () => {
    for (const fact of runnable) {
      const { settings, prepare = [], prompt = null, promptType, ...task } = getTask(fact.name);
      const { path, revision, name: config } = fact.dataset;
      expect({ ...task, type: promptType ?? task.type, prompt, prepare }).toEqual({
        name: fact.name,
        type: fact.type,
        dataset: {
          path,
          revision,
          ...(config === undefined ? {} : { config }),
          ...(fact.settings["fast_loading"] ? { subsetColumn: "lang" } : {}),
          ...(fact.settings["parallel_subsets"] ? { subsetPairs: true } : {}),
          ...(fact.name === "BibleNLPBitextMining" ? { subsetPairs: "codes" } : {}),
        },
        splits: fact.splits,
        languages: written(fact),
        mainScore: fact.main_score,
        prompt: fact.prompt,
        prepare: special.get(fact.name) ?? (hasOwnSteps(fact) ? prepare : fact.preparation),
        licence: fact.licence ?? "not specified",
        reference: fact.reference || `https://huggingface.co/datasets/${path}`,
      });
      expect(Object.keys(task.languages)).toEqual(Object.keys(written(fact)));
      expect({ name: fact.name, ...settingsByTheReference(getTask(fact.name)) }).toEqual({
        name: fact.name,
        ...Object.fromEntries(
          Object.entries(fact.settings).filter(
            ([key]) => !["fast_loading", "parallel_subsets", "task_scores"].includes(key),
          ),
        ),
      });
    }
  });

  it("has each task's further scores", () => {
    const names: Readonly<Record<string, string>> = {
      "p-MRR": "p-MRR",
      robustnessAt10: "robustness_at_10",
      levelScores: "level_scores",
      pairedAccuracy: "paired_accuracy",
      cappedRecall: "capped_recall",
      maxOverSubqueries: "max_over_subqueries",
    };
    for (const { name, settings } of runnable) {
      const { furtherScores, mergeSubqueries } = getTask(name).settings as Readonly<Record<string, unknown>>;
      const scores = settings["task_scores"];
      const wanted = typeof scores === "string" ? names[scores] : undefined;
      expect([name, mergeSubqueries === true ? "max_over_subqueries" : furtherScores]).toEqual([name, wanted]);
    }
  });

  it("has each aggregate's parts", () => {
    const wanted = facts.flatMap(({ name, aggregate }) => (aggregate ? [[name, aggregate]] : []));
    expect(aggregates().map(({ name, parts }) => [name, parts])).toEqual(wanted);
  });

  it("has each benchmark with its members, what it measures of them, its other names and its types", () => {
    expect(benchmarks().slice(1)).toHaveLength(61);
    for (const { name, aliases, types, public_only: publicOnly, tasks: members } of lists) {
      const benchmark = getBenchmark(name);
      expect(benchmark).toMatchObject({ name, aliases });
      expect(benchmark.publicOnly === true).toBe(publicOnly);
      expect(benchmark.description).toMatch(types.length > 4 ? `${types.length} types; ` : `${types.join(", ")}; `);
      const specs = new Map(benchmarkTasks(name).map((task) => [task.name, task]));
      for (const member of members) {
        const wanted = typeof member === "string" ? { name: member } : member;
        const task = specs.get(wanted.name);
        if (task === undefined) {
          expect([...benchmark.unsupported, ...benchmark.aggregates]).toContain(wanted.name);
          continue;
        }
        const whole = getTask(wanted.name);
        expect(task.splits).toEqual(wanted.splits ?? whole.splits);
        expect(Object.keys(task.languages).sort()).toEqual((wanted.subsets ?? Object.keys(whole.languages)).toSorted());
      }
      const names = members.map((member) => (typeof member === "string" ? member : member.name));
      const parts = new Set(
        aggregates()
          .filter((one) => benchmark.aggregates.includes(one.name))
          .flatMap((one) => one.parts),
      );
      const ran = [...specs.keys()].filter((task) => names.includes(task) || !parts.has(task));
      expect([...ran, ...benchmark.unsupported, ...benchmark.aggregates].sort()).toEqual(names.toSorted());
    }
  });
});
