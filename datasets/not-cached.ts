import { Unavailable } from "./errors.ts";
import { describeWanted, type Subject, type Unreachable } from "./requests.ts";
import type { HubSettings } from "./settings.ts";

/** Writes the command by which huggingface_hub fetches a file, or a repository whole. */
export function fetchCommand({ kind, id, revision, file }: Subject): string {
  const words = [id, ...(file === undefined ? [] : [file]), "--repo-type", kind, "--revision", revision];
  const quoted = words.map((word) => (/^[\w./@:+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  return `hf download ${quoted.join(" ")}`;
}

/** Explains that something is not cached while the Hub may not be asked; `others` says what is. */
export function notCached(subject: Subject, { cacheDir }: HubSettings, others = ""): Unavailable {
  const reason = `not in the cache folder ${cacheDir}, and HF_HUB_OFFLINE is set; unset it`;
  return new Unavailable(
    `hub: ${describeWanted(subject)} is ${reason}, or run: ${fetchCommand(subject)}${others}`,
    `${reason}, or run pramana fetch beforehand`,
  );
}

/** Explains that part of a repository's files do not tell what all of them would. */
export function undecided(question: string, cause: Unreachable, subject: Subject, settings: HubSettings): Unavailable {
  const reason = settings.offline
    ? "HF_HUB_OFFLINE is set; unset it once"
    : `${cause.message.replace(/^hub: |;.*$/gs, "")}; try again`;
  return new Unavailable(
    `hub: ${describeWanted(subject)}: ${question} cannot be told, for the cache folder ${settings.cacheDir} has no list of ` +
      `its files and may hold only some, and ${reason}, or run: ${fetchCommand(subject)}`,
  );
}
