import { Unavailable } from "./errors.ts";
import { describeWanted, type Subject, type Unreachable } from "./requests.ts";
import type { HubSettings } from "./settings.ts";

/** Writes the command that fetches what is needed of a repository; which task a data set is of is not known here. */
export function fetchCommand({ kind, id, revision }: Subject): string {
  if (kind === "dataset") return "pramana fetch --tasks TASK";
  const quoted = [id, revision].map((word) =>
    /^[\w./@:+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return `pramana fetch --model ${quoted[0]} --revision ${quoted[1]}`;
}

/** What to do where the Hub may not be asked. */
const wayOut = "HF_HUB_OFFLINE is set; unset it, or, where there is a network, run";

/** Explains that something is not cached while the Hub may not be asked; `others` says what is. */
export function notCached(subject: Subject, { cacheDir }: HubSettings, others = ""): Unavailable {
  const reason = `not in the cache folder ${cacheDir}, and ${wayOut}`;
  return new Unavailable(
    `hub: ${describeWanted(subject)} is ${reason}: ${fetchCommand(subject)}${others}`,
    `${reason} pramana fetch with the same --tasks or --benchmark`,
  );
}

/** Explains that part of a repository's files do not tell what all of them would. */
export function undecided(question: string, cause: Unreachable, subject: Subject, settings: HubSettings): Unavailable {
  const reason = settings.offline ? wayOut : `${cause.message.replace(/^hub: |;.*$/gs, "")}; try again, or run`;
  return new Unavailable(
    `hub: ${describeWanted(subject)}: ${question} cannot be told, for the cache folder ${settings.cacheDir} has no list of ` +
      `its files and may hold only some, and ${reason}: ${fetchCommand(subject)}`,
  );
}
