import type { ModelDescription } from "../models/description.ts";
import type { CacheReport } from "../reports/cache-check.ts";
import type { CacheListing } from "../reports/cache-table.ts";
import type { Comparison } from "../reports/comparison/comparison.ts";
import type { Gate } from "../reports/comparison/gate.ts";
import type { Gated } from "../reports/comparison/gated.ts";
import type { DoctorReport } from "../reports/doctor-text.ts";
import type { ChangedTasks } from "../reports/examination/tasks.ts";
import type { ExaminationReport } from "../reports/examination/text.ts";
import type { Leaderboard } from "../reports/leaderboard.ts";
import type { PredictionReport } from "../reports/prediction/predict-board.ts";
import type { PromptReport } from "../reports/prompts/report.ts";
import type { ReproductionReport } from "../reports/reproduction-table.ts";
import type { RunReport } from "../reports/run-report.ts";
import type { BenchRecord } from "../runners/bench/record.ts";
import type { ServingRecord } from "../runners/bench/serving/record.ts";
import type { Certificate } from "../runners/certify/certificate.ts";
import type { CheckedTask } from "../runners/check.ts";
import type { DryRun } from "../runners/dry-run.ts";
import type { QueueStatus } from "../runners/queue/status.ts";
import type { Verification } from "../runners/verify/verification.ts";

/** A form of a command's output, which is made of these parts. */
interface Format<Parts extends readonly unknown[]> {
  /** Ending of the names of files in this form, where the form's own name is none. */
  readonly ending?: `.${string}`;
  /** Imports what writes it: nobody waits for the writers of other forms, and help for none. */
  readonly load: () => Promise<(...parts: Parts) => string>;
}

/** Names that `--format` takes. The form `window`, which a terminal shows where no name is given, cannot be named. */
export type FormatOf<Formats> = Exclude<keyof Formats, "window">;

/** Types the forms of one command by their names. */
const formatsOf =
  <One extends Format<never>>() =>
  <Name extends string>(formats: Readonly<Record<Name, One>>): Readonly<Record<Name, One>> =>
    formats;

/** Lists the names that `--format` takes. */
export const namesOf = <Name extends string>(formats: Readonly<Record<Name, unknown>>): Exclude<Name, "window">[] =>
  (Object.keys(formats) as Name[]).filter((name): name is Exclude<Name, "window"> => name !== "window");

/** Returns the endings of the names of files by the forms that are in them. */
export const endingsOf = <Name extends string>(formats: Readonly<Record<Name, { readonly ending?: `.${string}` }>>) =>
  Object.fromEntries(namesOf(formats).map((name) => [name, formats[name].ending ?? `.${name}`])) as Readonly<
    Record<Exclude<Name, "window">, string>
  >;

/** Returns the chosen form; without a choice, `window` where standard output is a terminal, elsewhere Markdown. */
export const formatFor = <Name extends string>(chosen: Name | undefined, outWidth: number | undefined) =>
  chosen ?? (outWidth === undefined ? "md" : "window");

const json = { load: async () => (value: unknown) => `${JSON.stringify(value, null, 2)}\n` };

/** Forms of lists of tasks, benchmarks, models and stored results (`reports/list.ts`). */
export const listFormats = { md: true, csv: true, json: true, jsonl: true, window: true } as const;

interface BoardFormat extends Format<[board: Leaderboard, width: number]> {
  /** The form has no place for the notes that belong below a table, which go to standard error. */
  readonly notesApart?: true;
}

export const boardFormats = formatsOf<BoardFormat>()({
  md: { load: async () => (await import("../reports/render.ts")).leaderboardMarkdown },
  csv: { load: async () => (await import("../reports/render.ts")).leaderboardCsv, notesApart: true },
  json: { load: async () => (await import("../reports/render.ts")).leaderboardJson, notesApart: true },
  jsonl: { load: async () => (await import("../reports/render.ts")).leaderboardJsonLines, notesApart: true },
  latex: { ending: ".tex", load: async () => (await import("../reports/latex.ts")).leaderboardLatex },
  window: { load: async () => (await import("../reports/render.ts")).leaderboardText },
});

export interface ComparisonFormat extends Format<[comparison: Comparison, gate: Gate, width: number]> {
  /** Name of the form, where its ending does not tell it. */
  readonly called?: string;
  /** Imports what writes the comparisons of several candidates. */
  readonly several: () => Promise<(gated: readonly Gated[], width: number) => string>;
}

export const comparisonFormats = formatsOf<ComparisonFormat>()({
  md: {
    load: async () => (await import("../reports/comparison/markdown.ts")).comparisonMarkdown,
    several: async () => (await import("../reports/comparison/markdown.ts")).severalMarkdown,
  },
  json: {
    load: async () => (await import("../reports/comparison/json.ts")).comparisonJson,
    several: async () => (await import("../reports/comparison/json.ts")).severalJson,
  },
  junit: {
    ending: ".xml",
    called: "JUnit",
    load: async () => (await import("../reports/comparison/junit.ts")).comparisonJunit,
    several: async () => (await import("../reports/comparison/junit.ts")).severalJunit,
  },
  html: {
    load: async () => (await import("../reports/comparison/html.ts")).comparisonHtml,
    several: async () => (await import("../reports/comparison/html.ts")).severalHtml,
  },
  window: {
    load: async () => (await import("../reports/comparison/text.ts")).comparisonText,
    several: async () => (await import("../reports/comparison/text.ts")).severalText,
  },
});

/** The endings of files that hold a comparison, such as `.xml (JUnit)`. */
export const fileEndings = namesOf(comparisonFormats).map((name) => {
  const { called }: ComparisonFormat = comparisonFormats[name];
  const ending = endingsOf(comparisonFormats)[name];
  return called === undefined ? ending : `${ending} (${called})`;
});

export const runFormats = formatsOf<Format<[report: RunReport, width: number]>>()({
  md: { load: async () => (await import("../reports/run-report.ts")).runMarkdown },
  json: { load: async () => (await import("../reports/run-report.ts")).runJson },
  jsonl: { load: async () => (await import("../reports/run-report.ts")).runJsonLines },
  csv: { load: async () => (await import("../reports/run-report.ts")).runCsv },
  window: { load: async () => (await import("../reports/run-report.ts")).runText },
});

/** The endings of files that hold a run's scores, and of those that hold a table of results. */
export const runEndings = Object.values(endingsOf(runFormats)).join(", ");
export const boardEndings = Object.values(endingsOf(boardFormats)).join(", ");

/** Writes the records of one command, which are all of servers, or one of a model in this program. */
const byKind =
  (
    ofServing: (records: readonly ServingRecord[], width: number) => string,
    ofModel: (record: BenchRecord, width: number) => string,
  ) =>
  (records: readonly ServingRecord[] | readonly [BenchRecord], width: number): string => {
    const [first] = records;
    return "kind" in first ? ofServing(records as readonly ServingRecord[], width) : ofModel(first, width);
  };

export const benchFormats = formatsOf<
  Format<[records: readonly ServingRecord[] | readonly [BenchRecord], width: number]>
>()({
  md: {
    load: async () =>
      byKind(
        (await import("../reports/serving-table.ts")).servingMarkdown,
        (await import("../reports/bench-table.ts")).benchMarkdown,
      ),
  },
  // One record is no list: of a single model the form stays.
  json: {
    load: async () => {
      const write = await json.load();
      return (records) => write(records.length === 1 ? records[0] : records);
    },
  },
  csv: { load: async () => (await import("../reports/bench-csv.ts")).benchCsv },
  openmetrics: { load: async () => (await import("../reports/bench-openmetrics.ts")).benchOpenMetrics },
  window: {
    load: async () =>
      byKind(
        (await import("../reports/serving-table.ts")).servingText,
        (await import("../reports/bench-table.ts")).benchText,
      ),
  },
});

export const predictionFormats = formatsOf<Format<[report: PredictionReport, width: number]>>()({
  md: { load: async () => (await import("../reports/prediction/prediction-text.ts")).predictionMarkdown },
  json: { load: async () => (await import("../reports/prediction/prediction-text.ts")).predictionJson },
  window: { load: async () => (await import("../reports/prediction/prediction-text.ts")).predictionText },
});

export const reproductionFormats = formatsOf<Format<[report: ReproductionReport, width: number]>>()({
  window: { load: async () => (await import("../reports/reproduction-table.ts")).reproductionText },
  md: { load: async () => (await import("../reports/reproduction-table.ts")).reproductionMarkdown },
  json: { load: async () => (await import("../reports/reproduction-table.ts")).reproductionJson },
});

export const cacheFormats = formatsOf<Format<[listing: CacheListing, width: number | undefined]>>()({
  text: { load: async () => (await import("../reports/cache-table.ts")).cacheText },
  json,
});

export const checkFormats = formatsOf<Format<[checked: readonly CheckedTask[], width: number | undefined]>>()({
  text: { load: async () => (await import("../reports/findings.ts")).checkText },
  json: { load: async () => (await import("../reports/findings.ts")).checkJson },
});

export const samplesFormats = formatsOf<Format<[report: ExaminationReport, width: number]>>()({
  text: { load: async () => (await import("../reports/examination/text.ts")).examinationText },
  json,
});

/** Of several tasks, in the forms of one. */
export const changedTasksFormats: Readonly<
  Record<keyof typeof samplesFormats, Format<[report: ChangedTasks, width: number]>>
> = {
  text: { load: async () => (await import("../reports/examination/tasks.ts")).changedTasksText },
  json,
};

export const promptFormats = formatsOf<Format<[report: PromptReport, width: number]>>()({
  md: { load: async () => (await import("../reports/prompts/forms.ts")).promptMarkdown },
  csv: { load: async () => (await import("../reports/prompts/forms.ts")).promptCsv },
  json: { load: async () => (await import("../reports/prompts/forms.ts")).promptJson },
  window: { load: async () => (await import("../reports/prompts/text.ts")).promptText },
});

export const certifyFormats = formatsOf<Format<[certificate: Certificate]>>()({
  text: { load: async () => (await import("../reports/certificate.ts")).certificateText },
  json,
});

export const verifyFormats = formatsOf<Format<[verified: readonly Verification[], width: number]>>()({
  text: { load: async () => (await import("../reports/verification.ts")).verificationText },
  json,
});

export const dryRunFormats = formatsOf<Format<[plan: DryRun, width: number | undefined]>>()({
  text: { load: async () => (await import("../reports/dry-run.ts")).dryRunText },
  json,
});

export const cacheCheckFormats = formatsOf<Format<[report: CacheReport]>>()({
  text: { load: async () => (await import("../reports/cache-check.ts")).cacheCheckText },
  json,
});

/** Of queues that are watched, each look is a line of JSON. */
export const statusFormats = formatsOf<
  Format<[queues: readonly QueueStatus[], width: number | undefined, isWatched: boolean]>
>()({
  text: { load: async () => (await import("../reports/queue-status.ts")).queueText },
  json: { load: async () => (queues, _width, isWatched) => `${JSON.stringify(queues, null, isWatched ? 0 : 2)}\n` },
});

export const modelFormats = formatsOf<Format<[model: ModelDescription, width: number | undefined]>>()({
  text: { load: async () => (await import("../reports/model-text.ts")).modelText },
  json,
});

export const doctorFormats = formatsOf<Format<[report: DoctorReport, width: number | undefined]>>()({
  text: { load: async () => (await import("../reports/doctor-text.ts")).doctorText },
  json: { load: async () => (await import("../reports/doctor-text.ts")).doctorJson },
});
