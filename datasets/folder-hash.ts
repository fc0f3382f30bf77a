import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { listFolder } from "./cache.ts";
import { InputError, messageOf } from "./errors.ts";

/** Pickles and logs of a training run: nothing of a model or data set is read from them, and they can be large. */
const unread = /(?:^|\/)\.|\.(?:bin|pt|pth|ckpt|pkl|log)$|\.tfevents\./;

/**
 * SHA-256 over the names and bytes of a folder's files, those below it too: what stands for a revision where there is
 * none. Hidden files, pickles and logs are left out.
 *
 * @throws InputError for a file that cannot be read; the signal's reason once it aborts
 */
export async function hashFolder(folder: string, signal?: AbortSignal): Promise<string> {
  const whole = createHash("sha256");
  for (const path of (await listFolder(folder)).filter((one) => !unread.test(one))) {
    const hash = createHash("sha256");
    const content = createReadStream(join(folder, path), { highWaterMark: 1 << 20 });
    await pipeline(content, hash, signal ? { signal } : {}).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new InputError(`folder ${folder}: ${path} cannot be read: ${messageOf(error)}; put it back or remove it`);
    });
    whole.update(`${hash.digest("hex")} ${path}\n`);
  }
  return whole.digest("hex");
}
