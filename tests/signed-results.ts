import { generateKeyPairSync } from "node:crypto";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Verification } from "../runners/verify/verification.ts";
import { openCli, sample } from "./built-cli.ts";

export const tasks = ["MiniSTS", "MiniClassification", "MiniRetrieval", "MiniClustering"];

export const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, change(readFileSync(file, "utf8")));

/** Makes a folder in which results are run and signed, and what tests do with them. */
export function openSigned() {
  const { cwd, pramana } = openCli();
  const inCwd = (...path: string[]): string => join(cwd, ...path);

  /** Writes a pair of keys into files of this name. */
  function makeKeys(name: string): void {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    writeFileSync(inCwd(`${name}.pem`), privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(inCwd(`${name}-public.pem`), publicKey.export({ type: "spki", format: "pem" }));
  }

  /** Runs pramana verify, and returns what it found and its status. */
  async function verify(...args: string[]): Promise<Verification & { code: number | null }> {
    const { out, err, code } = await pramana(["verify", ...args, "--format", "json"]);
    expect([out === "" ? err : "", err]).toEqual(["", expect.any(String)]);
    const [found] = JSON.parse(out) as Verification[];
    return { ...(found ?? expect.unreachable()), code };
  }

  /** Returns the folder of the only revision of a row's results. */
  function revisionIn(results: string, row: string): string {
    const model = inCwd(results, row);
    return join(model, readdirSync(model)[0] ?? "");
  }

  /** Returns the folder of results in a copy of those that were signed. */
  function copied(name: string): string {
    cpSync(inCwd("results"), inCwd(name), { recursive: true });
    return revisionIn(name, "pramana__static-minilm-128");
  }

  /** Makes the receipt of a folder anew, as whoever altered it would. */
  const signAnew = async (folder: string, key: string): Promise<void> =>
    expect((await pramana(["receipt", folder, "--sign", `${key}.pem`])).code).toBe(0);

  /** Runs the tasks and signs what came of them, as Anna; Mallory has a key too. */
  async function prepare(): Promise<void> {
    for (const name of ["anna", "mallory"]) makeKeys(name);
    expect((await pramana(["run", "--model", sample, "--tasks", tasks.join(",")])).code).toBe(0);
    const { out, code } = await pramana(["receipt", sample, "--sign", "anna.pem"]);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/receipt.pramana: 4 tasks, 9 files, signed by sha256:\w{64}/),
    ]);
  }

  return { pramana, inCwd, verify, revisionIn, copied, signAnew, prepare };
}
