import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { codeOf } from "../../datasets/errors.ts";
import { hasEnded, processMark } from "../../datasets/partial.ts";
import { nameIn } from "./names.ts";

/*
 * Processes that run the same tasks into one folder share them: each claims a task by a file beside its result, and leaves
 * those of others for later. A claim is there to save work and for nothing else. Where two come to hold one, which a network
 * folder and a process that was stopped for minutes can bring about, both do the task and store the same result.
 */

/** Milliseconds between two signs of life of who holds a claim: the file's times move. */
const beat = 30_000;

/** Seconds without one, as seen from here, after which the holder counts as gone. */
const longestSilence = 300;

/** The same of a claim that cannot be read: one that is just being written, or of which a loss of power left nothing. */
const longestWriting = 5;

/** Times that a claim is tried, as others may come and go between two looks at it, and that it is withdrawn. */
const attempts = 3;

/** Returns the name of the file by which a task is claimed. It does not end in `.json`, as that of unfinished units. */
const claimName = (folder: string, task: string): string => nameIn(folder, task, "task", (name) => `.${name}.claim`);

const claimPattern = /^\..+\.claim$/;

const claimSchema = z.object({ id: z.string(), process: z.string(), host: z.string(), pid: z.number() });
type Claim = z.infer<typeof claimSchema>;

/** Claims of this process, by their ids. */
const own = new Set<string>();

/** A task that is ours until it is released, or that another process is at. */
export type Claimed =
  | { readonly kind: "ours"; readonly release: () => Promise<void> }
  | { readonly kind: "theirs"; readonly by: string };

/** Reads a claim; `undefined` where there is none, and where it was only just begun to be written. */
async function readClaim(file: string): Promise<Claim | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Tells whether the process that made a claim is known to be gone: one of this computer that has ended. */
const isOfEnded = ({ id, process: mark }: Claim): boolean => (mark === processMark() ? !own.has(id) : hasEnded(mark));

/** Names who holds a claim, for people. */
const holderOf = (claim: Claim | undefined): string =>
  claim === undefined ? "another process" : `process ${claim.pid} on ${claim.host}`;

/**
 * Removes the claim on a task where it is the given one, or cannot be read: another's that would go with it costs that one
 * double work, and one that stays is a file too many.
 */
async function withdraw(file: string, id: string): Promise<void> {
  const held = await readFile(file, "utf8").catch((error: unknown) => (codeOf(error) === "ENOENT" ? "" : id));
  for (let attempt = 0; attempt < attempts && held.includes(id); attempt++) {
    try {
      await rm(file, { force: true });
      return;
    } catch {}
  }
}

/** Makes the file of a claim, which must not be there, and moves its times until it is released. */
function hold(file: string): Claimed {
  const claim: Claim = { id: randomUUID(), process: processMark(), host: hostname(), pid: process.pid };
  own.add(claim.id);
  try {
    // At once, so that hardly anyone reads the beginning of it.
    writeFileSync(file, `${JSON.stringify(claim)}\n`, { flag: "wx" });
  } catch (error) {
    own.delete(claim.id);
    // A full disk may have taken the file and none of its bytes.
    if (codeOf(error) !== "EEXIST") rmSync(file, { force: true });
    throw error;
  }
  const timer = setInterval(() => {
    const now = new Date();
    void utimes(file, now, now).catch(() => undefined);
  }, beat).unref();
  return {
    kind: "ours",
    release: async () => {
      clearInterval(timer);
      // One that stays is removed by whoever comes next: it is none of a process that lives.
      await withdraw(file, claim.id);
      own.delete(claim.id);
    },
  };
}

/**
 * Returns what claims tasks in a folder of results. A claim of a process of this computer that has ended counts for nothing,
 * and one of another computer where its times did not move for five minutes: by the clock here, as that there may be
 * another. A disk that takes no claim costs the run nothing: the task is then ours.
 *
 * @param folder `resultFolder`, which is there
 * @param now Seconds since any fixed moment.
 */
export function claims(folder: string, now: () => number): (task: string) => Promise<Claimed> {
  /** What was last seen of the claims of others, and since when. */
  const seen = new Map<string, { readonly state: string; readonly since: number }>();
  const isSilent = (file: string, state: string, longest: number): boolean => {
    const before = seen.get(file);
    if (before?.state === state) return now() - before.since > longest;
    seen.set(file, { state, since: now() });
    return false;
  };
  return async (task) => {
    const file = join(folder, claimName(folder, task));
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        return hold(file);
      } catch (error) {
        if (codeOf(error) !== "EEXIST") break;
      }
      const held = await stat(file).catch(() => undefined);
      if (held === undefined) continue;
      const claim = await readClaim(file);
      const isGone = claim !== undefined && isOfEnded(claim);
      const longest = claim === undefined ? longestWriting : longestSilence;
      if (!isGone && !isSilent(file, `${claim?.id} ${held.mtimeMs}`, longest))
        return { kind: "theirs", by: holderOf(claim) };
      await rm(file, { force: true }).catch(() => undefined);
    }
    return { kind: "ours", release: async () => undefined };
  };
}

/**
 * Finds a claim in a folder of results whose process may live: one of another computer, of which nothing can be known, too.
 *
 * @returns who holds it, and its file
 */
export async function heldClaim(folder: string): Promise<{ readonly by: string; readonly file: string } | undefined> {
  const names = await readdir(folder).catch(() => []);
  for (const file of names.filter((name) => claimPattern.test(name)).map((name) => join(folder, name))) {
    const claim = await readClaim(file);
    if (claim === undefined || !isOfEnded(claim)) return { by: holderOf(claim), file };
  }
  return undefined;
}

/** Removes the claims of processes of this computer that have ended, and what can be read as none. */
export async function removeEndedClaims(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const file of names.filter((name) => claimPattern.test(name)).map((name) => join(folder, name))) {
    const claim = await readClaim(file);
    if (claim === undefined) await rm(file, { force: true }).catch(() => undefined);
    else if (isOfEnded(claim)) await withdraw(file, claim.id);
  }
}
