import { randomInt } from "node:crypto";
import { asUsage } from "../datasets/errors.ts";
import type { ModelSettings } from "../runners/model/open-model.ts";
import type { HowMuch } from "../runners/verify/recompute.ts";
import { readPublicKey } from "../runners/verify/signature.ts";
import { type Verification, verifyRun } from "../runners/verify/verification.ts";
import { type FormatOf, verifyFormats } from "./formats.ts";
import { storedFolders } from "./stored-folders.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface VerifyCommandChoice extends Pick<ModelSettings, "device" | "threads"> {
  readonly results: readonly string[];
  /** File of the public key that the receipt is to be signed with. */
  readonly key?: string;
  readonly recompute?: HowMuch;
  /** Tasks that are computed again. Default: all. */
  readonly tasks?: readonly string[];
  /** Seed of the draw. Default: by chance. */
  readonly seed?: number;
  readonly model?: string;
  readonly taskFile?: readonly string[];
  readonly format: FormatOf<typeof verifyFormats>;
}

/** Verifies stored results; returns whether nothing is wrong with them. */
export async function verify(run: string, choice: VerifyCommandChoice, terminal: Terminal): Promise<boolean> {
  const { results, key: keyFile, recompute: howMuch, tasks, model, taskFile, device, threads, format } = choice;
  const write = await verifyFormats[format].load();
  const key = keyFile === undefined ? undefined : await asUsage(() => readPublicKey(keyFile));
  const folders = await storedFolders(run, results, terminal.now());
  // Whoever altered results must not know which units will be looked at.
  const seed = choice.seed ?? randomInt(2 ** 32);
  const recompute = howMuch && {
    ...{ howMuch, seed, device, threads },
    ...(tasks && { tasks }),
    ...(model && { model }),
    ...(taskFile && { taskFile }),
  };
  const found: Verification[] = [];
  for (const folder of folders) {
    found.push(await verifyRun(folder, { ...(key && { key }), ...(recompute && { recompute }) }, worldOf(terminal)));
  }
  terminal.out(write(found, terminal.outWidth ?? 120));
  return found.every(({ right }) => right);
}
