import { baselineKind } from "../baselines.ts";
import type { LeaderboardRow, RowSpeed } from "../board-row.ts";
import { speedLatencyTokens } from "../board-speed.ts";
import { type BoardColumn, columnsFor } from "../columns.ts";
import type { Leaderboard } from "../leaderboard.ts";
import type { PageColumn, Value } from "./shape.ts";

/** A model of the page: a row of the table, or one of which only the speed was measured. */
export interface Shown {
  readonly model: string;
  readonly revision: string;
  readonly licence?: string;
  readonly parameters: number | null;
  readonly dimensions: number | null;
  readonly maxTokens: number | null;
  /** Absent where only the speed was measured. */
  readonly row?: LeaderboardRow;
  readonly speed?: RowSpeed;
}

/** A column with what it shows of a model. */
export interface FactColumn extends PageColumn {
  readonly of: (shown: Shown) => Value;
}

/** Bytes of a number of a published model's vectors: they are of single precision. */
const bytesPerNumber = 4;

/** What an index takes of one text: as results tell it, or of published models by the length of their vectors. */
const bytesOf = ({ row, dimensions }: Shown): number | null =>
  row?.bytesPerDocument ?? (row?.baseline && dimensions !== null ? dimensions * bytesPerNumber : null);

const kindOf = ({ row }: Shown): string | null => row?.kind ?? (row?.baseline ? baselineKind : null);

const speedColumn = (
  field: Exclude<keyof RowSpeed, "mark">,
  heading: string,
  short: string,
  more: Pick<PageColumn, "format" | "better">,
): FactColumn => ({ field, heading, short, ...more, of: ({ speed }) => speed?.[field] ?? null });

const latency = `of one query of ${speedLatencyTokens} tokens, ms`;
const low = { format: "digits", better: "low" } as const;
const high = { format: "digits", better: "high" } as const;

/** What the models are and cost; shown where it is known of any. */
const facts: readonly FactColumn[] = [
  {
    ...{ field: "parameters", heading: "Parameters", short: "Params", format: "size", better: "low" },
    of: ({ parameters }) => parameters,
  },
  {
    ...{ field: "dimensions", heading: "Dimensions", short: "Dims", format: "whole" },
    of: ({ dimensions }) => dimensions,
  },
  {
    ...{ field: "maxTokens", heading: "Longest input, tokens", short: "Tokens", format: "whole", better: "high" },
    of: ({ maxTokens }) => maxTokens,
  },
  {
    ...{ field: "bytesPerDocument", heading: "Bytes of a document’s vectors", short: "Bytes", format: "whole" },
    ...{ better: "low", of: bytesOf },
  },
  speedColumn("latencyMs", `Latency ${latency}: median`, "p50 ms", low),
  speedColumn("p99Ms", `Latency ${latency}: one of a hundred is slower`, "p99 ms", low),
  speedColumn("textsPerSecond", "Texts per second", "Texts/s", high),
  speedColumn("tokensPerSecond", "Tokens per second", "Tokens/s", high),
  speedColumn("memoryBytes", "Most memory in use, MB", "MB", { format: "megabytes", better: "low" }),
  speedColumn("loadingSeconds", "Seconds until the first vector", "Load s", low),
  { field: "kind", heading: "Kind", short: "Kind", format: "text", of: kindOf },
  {
    ...{ field: "licence", heading: "Licence", short: "Licence", format: "link" },
    of: ({ licence }) => licence ?? null,
  },
];

/** Tells whether a column says anything of the models: of kinds, only where they differ. */
function isTelling({ field, of }: FactColumn, all: readonly Shown[]): boolean {
  const values = new Set(all.flatMap((one) => of(one) ?? []));
  return values.size > (field === "kind" ? 1 : 0);
}

/** Columns that the page has by itself, or shows elsewhere. */
const otherwise: readonly string[] = ["model", "revision", ...facts.map(({ field }) => field)];

/** Headings of means, in whole words. */
const meanHeadings: Readonly<Record<string, string>> = {
  meanTask: "Mean over tasks",
  meanType: "Mean over types",
  meanSubset: "Mean over subsets",
};

/** Rounds to four decimals, more than result files have of a percent. */
export const rounded = <One extends Value>(value: One): One =>
  typeof value === "number" ? (Number(value.toFixed(4)) as One) : value;

function scoreColumnOf({ field, heading, short, isScore, value }: BoardColumn): FactColumn {
  return {
    ...{ field, heading: meanHeadings[field] ?? heading, short },
    ...(isScore ? { format: "score", better: "high" } : { format: "whole", better: "low" }),
    of: ({ row }) => (row === undefined ? null : rounded(value(row))),
  };
}

/** The places that a row may have, in place of the table's single column: as numbers they can be sorted by. */
const places: readonly FactColumn[] = [
  {
    ...{ field: "placeFrom", heading: "Places: from", short: "From", format: "whole" },
    of: ({ row }) => row?.places?.low ?? null,
  },
  {
    ...{ field: "placeTo", heading: "Places: to", short: "To", format: "whole" },
    of: ({ row }) => row?.places?.high ?? null,
  },
];

/** Returns the columns of the page: the table's scores, then what is known of what the models are and cost. */
export function pageColumns(board: Leaderboard, models: readonly Shown[]): readonly FactColumn[] {
  const scores = columnsFor(board)
    .filter(({ field }) => !otherwise.includes(field))
    .flatMap((column) => (column.field === "placeFrom" ? places : [scoreColumnOf(column)]));
  return [...scores, ...facts.filter((fact) => isTelling(fact, models))];
}
