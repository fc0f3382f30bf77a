import { shown } from "../../datasets/shown.ts";
import { byGravity, namedItems } from "./describe.ts";
import type { Detail, Item } from "./items.ts";
import type { Finding, FindingKind } from "./kinds.ts";

/** Characters of an item's name that are kept, as others chose it. */
const shownLength = 60;

/** Counts peculiarities by kind. */
export interface Tally {
  /**
   * Counts one more. `nameOf` is asked for the name of the first three only, and `detailOf` where all are listed, whose names
   * are asked for too.
   */
  add(kind: FindingKind, nameOf: () => string, detailOf?: () => Detail): void;
  /** Takes over what was counted elsewhere, of which nothing more is known. */
  join(findings: readonly Finding[]): void;
  /** Returns what was counted, the gravest first. */
  findings(): readonly Finding[];
}

/** @param list Receives each one that is counted; absent where they are only counted. */
export function openTally(list?: (item: Item) => void): Tally {
  const found = new Map<FindingKind, { count: number; readonly first: string[] }>();
  return {
    add(kind, nameOf, detailOf) {
      const known = found.get(kind) ?? { count: 0, first: [] };
      found.set(kind, known);
      known.count++;
      if (known.count <= namedItems) known.first.push(shown(nameOf(), shownLength));
      list?.({ kind, name: nameOf(), ...detailOf?.() });
    },
    join(findings) {
      for (const { kind, count, first } of findings) {
        found.set(kind, { count, first: [...first] });
        for (const name of first) list?.({ kind, name, evidence: `one of ${count}` });
      }
    },
    findings: () => byGravity(Array.from(found, ([kind, { count, first }]) => ({ kind, count, first }))),
  };
}
