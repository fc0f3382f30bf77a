import { UsageError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import {
  accept,
  appendLine,
  bestOf,
  curveEntries,
  hasStandingDrop,
  isDrop,
  type WatchEntry,
} from "../runners/watch/history.ts";
import type { Terminal } from "./terminal.ts";

/** Entries of all curves, and which of the curves is watched. */
interface Watched {
  /** File of the history. */
  readonly history: string;
  readonly entries: readonly WatchEntry[];
  readonly settings: string;
}

/**
 * Adds to the history that the drop of a checkpoint is accepted, and those before it.
 *
 * @returns the entries with their marks
 * @throws UsageError where the curve has no such checkpoint, or it has no drop that stands
 */
export async function acceptDrop(
  name: string,
  { history, entries, settings }: Watched,
  { err, now }: Terminal,
): Promise<readonly WatchEntry[]> {
  const curve = curveEntries(entries, settings);
  const standing = curve.filter(hasStandingDrop).map((one) => one.name);
  if (!standing.includes(name)) {
    const found = curve.find((one) => one.name === name);
    const names = curve.map((one) => one.name);
    const fault =
      found === undefined
        ? `with these tasks and settings no "${name}" was evaluated${didYouMean(name, names)}`
        : `${name} ${isDrop(found) ? "has a drop that is accepted already" : "has no drop"}`;
    const way = standing.length === 0 ? "no drop stands" : `drops that stand: ${standing.join(", ")}`;
    throw new UsageError(`--accept-drop: ${fault}; ${way}`);
  }
  const line = { accepted: name, settings, date: now() };
  await appendLine(history, line);
  const accepted = standing.slice(0, standing.indexOf(name) + 1).join(", ");
  err(`accepted: the drop of ${accepted}; later checkpoints are held against the best one from ${name} on\n`);
  const marked = accept(entries, line);
  if (bestOf(curveEntries(marked, settings)) === undefined) {
    err(`${name} has no score: the next checkpoint is scored whole, and later ones are held against that\n`);
  }
  return marked;
}

/** Tells which drops of a curve stand, if any, and what accepts them; returns whether some do. */
export function tellStanding(curve: readonly WatchEntry[], { err }: Pick<Terminal, "err">): boolean {
  const standing = curve.filter(hasStandingDrop).map(({ name }) => name);
  if (standing.length === 0) return false;
  const [noun, verb, them] = standing.length === 1 ? ["drop", "stands", "it"] : ["drops", "stand", "them"];
  err(`the ${noun} of ${standing.join(", ")} ${verb}; --accept-drop ${standing.at(-1)} accepts ${them}\n`);
  return true;
}
