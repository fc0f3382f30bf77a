import { type Column, csv, fitTable, linesText, markdownTable, tableText } from "./table.ts";

/** A list of things: a table of them for people, and what there is to say of each for programs. */
export interface List {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly objects: readonly object[];
  /** Place of the column that is cut where there is no room. Default: the first. */
  readonly names?: number;
}

/** Forms of a list; `width` are the columns of a terminal. */
export const listForms = {
  md: ({ columns, rows }: List) => markdownTable(columns, rows),
  csv: ({ columns, rows }: List) => csv([columns.map(({ heading }) => heading), ...rows]),
  json: ({ objects }: List) => `${JSON.stringify(objects, null, 2)}\n`,
  jsonl: ({ objects }: List) => linesText(objects.map((one) => JSON.stringify(one))),
  window: ({ columns, rows, names = 0 }: List, width: number) => {
    const { lines, noRoom } = fitTable(columns, rows, width, { names, whole: "a pipe" });
    return tableText(lines, noRoom, width);
  },
} as const;

/** Writes a list in the chosen form; without a choice as Markdown, in a terminal as a table that fits it. */
export function listText(list: List, chosen: keyof typeof listForms | undefined, width: number | undefined): string {
  const form = chosen ?? (width === undefined ? "md" : "window");
  return listForms[form](list, width ?? Number.POSITIVE_INFINITY);
}
