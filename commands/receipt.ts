import { asUsage, InputError } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { linesText } from "../reports/table.ts";
import { checkSamples } from "../runners/verify/check-samples.ts";
import { makeReceipt, writeReceipt } from "../runners/verify/receipt.ts";
import { fingerprintOf, readPrivateKey } from "../runners/verify/signature.ts";
import { stateFolder, unrecorded } from "../runners/verify/statement.ts";
import { storedFolders } from "./stored-folders.ts";
import type { Terminal } from "./terminal.ts";

export interface ReceiptChoice {
  /** Folders in which runs are looked for by name. */
  readonly results: readonly string[];
  /** File of the private key that signs. */
  readonly sign?: string;
}

/** Makes a receipt beside the results of each revision that is meant. */
export async function receipt(run: string, { results, sign }: ReceiptChoice, terminal: Terminal): Promise<void> {
  const { now, signal, out } = terminal;
  const key = sign === undefined ? undefined : await asUsage(() => readPrivateKey(sign));
  for (const revision of await storedFolders(run, results, now())) {
    const stated = await stateFolder(revision, { now: now(), signal });
    const [damaged] = stated.damaged;
    if (damaged !== undefined) {
      throw new InputError(`receipt: ${damaged.file}: ${damaged.reason}; a receipt is made of results that are whole`);
    }
    for (const one of stated.results) {
      const { task, wrong } = await checkSamples(one);
      if (wrong === undefined) continue;
      throw new InputError(
        `receipt: ${task}: ${wrong}; run the task again, a receipt is made of results that are whole`,
      );
    }
    const file = await writeReceipt(revision.folder, makeReceipt(stated.statement, now(), key));
    const tasks = count(stated.results.length, "task");
    const files = count(Object.keys(stated.statement.files).length, "file");
    const signed = key === undefined ? "not signed (--sign KEY)" : `signed by ${fingerprintOf(key)}`;
    out(
      linesText([
        `${file}: ${tasks}, ${files}, ${signed}`,
        ...unrecorded(stated.results).map((line) => `  not hashed when it was run: ${line}`),
      ]),
    );
  }
}
