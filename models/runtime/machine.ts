import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { type ExecutionProvider, supportedProviders } from "./session.ts";
import { runTrial } from "./trial.ts";

/** What is asked of a machine to learn what it has. What cannot be had is `undefined`, never an error. */
export interface Machine {
  /** Operating system and processor, as Node names them: `linux/x64`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of onnxruntime-node, and its version. */
  readonly onnxruntime: { readonly folder: string; readonly version: string };
  readonly read: (path: string) => Promise<string | undefined>;
  /** Names in a folder. */
  readonly list: (folder: string) => Promise<readonly string[] | undefined>;
  /** What a program prints; `undefined` where there is none or it fails. */
  readonly print: (program: string, args: readonly string[]) => Promise<string | undefined>;
  readonly canWrite: (path: string) => Promise<boolean>;
  /** Providers that ONNX Runtime's binding was built for; none where it cannot be loaded. */
  readonly providers: () => Promise<readonly string[]>;
  /** Why a small graph does not run there; `undefined` where it does. */
  readonly tryOut: (executionProvider: ExecutionProvider) => Promise<string | undefined>;
}

/** A program that has not answered by then never will. */
const patience = 20_000;

/** The machine that this runs on. */
export function thisMachine(env: Machine["env"]): Machine {
  const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const orUndefined = <Value>(found: Promise<Value>): Promise<Value | undefined> => found.catch(() => undefined);
  let supported: Promise<readonly string[]> | undefined;
  return {
    platform: `${process.platform}/${process.arch}`,
    env,
    onnxruntime: { folder: dirname(manifest), version: createRequire(import.meta.url)(manifest).version },
    read: (path) => orUndefined(readFile(path, "utf8")),
    list: (folder) => orUndefined(readdir(folder)),
    print: (program, args) =>
      orUndefined(promisify(execFile)(program, args, { timeout: patience, env }).then(({ stdout }) => stdout)),
    canWrite: (path) =>
      access(path, constants.W_OK).then(
        () => true,
        () => false,
      ),
    providers: () => (supported ??= supportedProviders().catch(() => [])),
    tryOut: runTrial,
  };
}
