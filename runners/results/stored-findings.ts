import { isRecord } from "../../datasets/document.ts";
import { type Finding, findingKinds, type PlacedFinding } from "../../tasks/findings/kinds.ts";

const isText = (value: unknown): value is string => typeof value === "string";

/** Tells whether a value is a finding, maybe of a kind that another version of the program knows. */
export const isFinding = (value: unknown): value is Finding =>
  isRecord(value) &&
  isText(value["kind"]) &&
  Number.isSafeInteger(value["count"]) &&
  Array.isArray(value["first"]) &&
  value["first"].every(isText);

const isPlaced = (value: unknown): value is PlacedFinding =>
  isFinding(value) && isRecord(value) && isText(value["split"]) && isText(value["subset"]);

/** Tells whether a value is a result file's list of findings. */
export const areFindings = (value: unknown): value is PlacedFinding[] => Array.isArray(value) && value.every(isPlaced);

/** Returns the findings of a file as a result has them: without those of unknown kinds, nothing where none is left. */
export function findingsOf(stored: readonly PlacedFinding[] = []): { readonly findings?: readonly PlacedFinding[] } {
  const findings = stored
    .filter(({ kind }) => Object.hasOwn(findingKinds, kind))
    .map(({ split, subset, kind, count, first }) => ({ split, subset, kind, count, first }));
  return findings.length > 0 ? { findings } : {};
}
