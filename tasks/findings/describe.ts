import { type Finding, type FindingKind, findingKinds, type PlacedFinding } from "./kinds.ts";

const order = Object.keys(findingKinds) as readonly FindingKind[];

/** Sorts findings, the gravest first. */
export const byGravity = <One extends Finding>(findings: readonly One[]): One[] =>
  findings.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));

/** Number of items that a finding names. */
export const namedItems = 3;

/** Describes a finding, such as `judgements of documents that the corpus lacks: 4 (q3 d9, q4 d9, q5 d9, …)`. */
export function describeFinding({ kind, count, first }: Finding): string {
  const names = count > first.length ? [...first, "…"] : first;
  return `${findingKinds[kind].title}: ${count}${names.length > 0 ? ` (${names.join(", ")})` : ""}`;
}

/**
 * Joins the findings of a task's subsets and splits by kind, the gravest first. Where they are of several places, the
 * first three are named with theirs: `de, test: q3 d9`.
 */
export function joinFindings(placed: readonly PlacedFinding[], places: number): Finding[] {
  const kinds = new Map<FindingKind, Finding>();
  for (const { kind, count, first, split, subset } of placed) {
    const known = kinds.get(kind) ?? { kind, count: 0, first: [] };
    const named = places > 1 ? first.map((name) => `${subset}, ${split}: ${name}`) : first;
    const all = [...known.first, ...named].slice(0, namedItems);
    kinds.set(kind, { kind, count: known.count + count, first: all });
  }
  return byGravity([...kinds.values()]);
}
