import { resolve } from "node:path";
import { messageOf, UsageError } from "../datasets/errors.ts";
import { lookInto } from "../runners/watch/checkpoint.ts";
import { isTemporary, type ListedFolder } from "../runners/watch/listing.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Returns what looks into the watched folder, which may not be there yet: a watch is often begun before the training. A
 * disk that does not answer now and then (network disks, while a trainer removes checkpoints) does not end a watch: the
 * folders of the last look count until it does.
 *
 * @param results Folder of results, which may lie in the watched one.
 * @param once Only one look is wanted: what cannot be read is an error.
 */
export function lookerInto(
  folder: string,
  results: string,
  once: boolean,
  { err }: Pick<Terminal, "err">,
): () => Promise<readonly ListedFolder[]> {
  const passedOver = (name: string): boolean => isTemporary(name) || resolve(folder, name) === resolve(results);
  let isTold = false;
  let last: readonly ListedFolder[] | undefined;
  let fault = "";
  return async () => {
    try {
      const folders = await lookInto(folder, passedOver);
      fault = "";
      if (folders !== undefined) {
        last = folders;
        return folders;
      }
    } catch (error) {
      if (once || last === undefined) throw error;
      if (fault !== messageOf(error)) err(`${messageOf(error)}; looking again\n`);
      fault = messageOf(error);
      return last;
    }
    if (once) throw new UsageError(`watch: there is no folder ${folder}; expected the one that checkpoints are in`);
    if (!isTold) err(`${folder} is not there yet; waiting for it\n`);
    isTold = true;
    return [];
  };
}
