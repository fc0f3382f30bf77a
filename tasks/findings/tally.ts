import { shown } from "../../datasets/shown.ts";
import { byGravity, type Finding, type FindingKind, namedItems } from "./kinds.ts";

/** Characters of an item's name that are kept, as others chose it. */
const shownLength = 60;

/** Counts peculiarities by kind. */
export interface Tally {
  /** Counts one more; `nameOf` is asked for the name of the first three only. */
  add(kind: FindingKind, nameOf: () => string): void;
  /** Returns what was counted, the gravest first. */
  findings(): readonly Finding[];
}

export function openTally(): Tally {
  const found = new Map<FindingKind, { count: number; readonly first: string[] }>();
  return {
    add(kind, nameOf) {
      const known = found.get(kind) ?? { count: 0, first: [] };
      found.set(kind, known);
      known.count++;
      if (known.count <= namedItems) known.first.push(shown(nameOf(), shownLength));
    },
    findings: () => byGravity(Array.from(found, ([kind, { count, first }]) => ({ kind, count, first }))),
  };
}
