import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../../datasets/errors.ts";
import { shown, withoutSecrets } from "../../datasets/shown.ts";
import { folderStore } from "./folder.ts";
import { s3Store } from "./s3.ts";
import { s3Settings } from "./s3-settings.ts";
import type { Store, StoreWorld } from "./store.ts";

const forms = "expected a folder, file:///FOLDER, or s3://BUCKET/PREFIX";

/**
 * Opens the store at an address: a folder that is there, `file:///FOLDER`, or `s3://BUCKET/PREFIX`, whose server and keys
 * are those of AWS's own variables in the environment. Nothing is read or written yet.
 *
 * @throws InputError for an address that is none of these, and variables that are missing or do not fit
 */
export function openStore(address: string, world: StoreWorld): Store {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1].toLowerCase();
  if (scheme === "s3") return s3Store(s3Settings(address, world.env), world);
  if (scheme === "file") return folderStore(folderOfUrl(address), world);
  if (scheme !== undefined && address.includes("://")) {
    throw new InputError(`store: "${shown(withoutSecrets(address))}" is of no kind that is known; ${forms}`);
  }
  if (address.trim() === "") throw new InputError(`store: the address is empty; ${forms}`);
  return folderStore(resolve(address), world);
}

function folderOfUrl(address: string): string {
  try {
    return resolve(fileURLToPath(address));
  } catch {
    throw new InputError(`store: "${shown(withoutSecrets(address))}" names no folder of this machine; ${forms}`);
  }
}
