import type { PlacedItem } from "../runners/check.ts";
import { findingKinds } from "../tasks/findings/kinds.ts";
import { csv } from "./table.ts";

/** A finding as a line of a list, for whoever mends the data. */
export interface ListedItem {
  readonly task: string;
  readonly split: string;
  readonly subset: string;
  readonly kind: string;
  /** True for what may be right as it is. */
  readonly suspicion: boolean;
  /** An id, or the number of the row, counted from 1. */
  readonly name: string;
  readonly label: string;
  readonly texts: readonly string[];
  readonly evidence: string;
  /** The row that it stands beside, such as the one that it repeats. */
  readonly beside: string;
  readonly besideLabel: string;
  readonly besideTexts: readonly string[];
}

const labelText = (label: unknown): string =>
  label === undefined ? "" : typeof label === "string" ? label : JSON.stringify(label);

function listed(task: string, { split, subset, kind, ...item }: PlacedItem): ListedItem {
  return {
    ...{ task, split, subset, kind, suspicion: "isSuspicion" in findingKinds[kind], name: item.name },
    label: labelText(item.label),
    texts: item.texts ?? [],
    evidence: item.evidence ?? "",
    beside: item.beside?.name ?? "",
    besideLabel: labelText(item.beside?.label),
    besideTexts: item.beside?.texts ?? [],
  };
}

/** A form of the list: its first line, if any, and a line for each finding. */
interface ListForm {
  readonly head: string;
  readonly line: (task: string, item: PlacedItem) => string;
}

const columns = [
  ...["task", "split", "subset", "kind", "suspicion", "name", "label", "text", "second_text", "evidence"],
  ...["beside", "beside_label", "beside_text", "beside_second_text"],
];

/** Puts texts into two cells: the first, and all others. */
const inTwo = ([first = "", ...others]: readonly string[]): [string, string] => [first, others.join("\n")];

/** Forms of lists of findings, by the ending of a file's name. */
export const listForms = {
  ".csv": {
    head: csv([columns]),
    line: (task, item) => {
      const { texts, besideTexts, ...one } = listed(task, item);
      const [text, second] = inTwo(texts);
      const [besideText, besideSecond] = inTwo(besideTexts);
      const head = [one.task, one.split, one.subset, one.kind, String(one.suspicion), one.name, one.label];
      return csv([[...head, text, second, one.evidence, one.beside, one.besideLabel, besideText, besideSecond]]);
    },
  },
  ".jsonl": { head: "", line: (task, item) => `${JSON.stringify(listed(task, item))}\n` },
} as const satisfies Readonly<Record<string, ListForm>>;
