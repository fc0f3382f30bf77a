import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { InputError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import { groupsOf } from "./groups.ts";
import type { Encoded, EncodeSettings, Library, LibrarySettings, TextInput, Truncation } from "./library.ts";

/** A question to the process: to open a definition, or to encode inputs. */
export type Call =
  | { readonly settings: LibrarySettings; readonly inputs?: never; readonly options?: never }
  | { readonly settings?: never; readonly inputs: readonly TextInput[]; readonly options: EncodeSettings };

type Reply = { readonly value: Encoded[]; readonly error?: never } | { readonly error: string };

/** Milliseconds that one call may take: what it holds takes some tenths of a second. */
const mostTime = 8_000;
/** Characters (UTF-16 units) of the texts of one call, but for a text that is longer by itself. */
const mostCharacters = 65_536;
/** Milliseconds after which a process that has nothing to do is ended. */
const idleTime = 5_000;

const program = fileURLToPath(new URL("./rust.cjs", import.meta.url));

/**
 * Opens a definition in a process of its own, which is started when there is something to do and ended when there is
 * not. `patterns`, the regular expressions that it is feared for, are named when it takes too long or breaks down.
 */
export async function openApart({ definition }: LibrarySettings, patterns: readonly string[]): Promise<Library> {
  const refused = (what: string): InputError =>
    new InputError(
      `${what} over its regular expression ${patterns.map((pattern) => shown(pattern)).join(" or ")}; write it so that it ` +
        "cannot go back without end, without a repetition inside a repetition",
    );
  let truncation: Truncation | undefined;
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  const end = (): void => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  const ask = (process: ChildProcess, call: Call): Promise<Encoded[]> =>
    askProcess(process, call).catch((error: unknown) => {
      if (!(error instanceof Ended)) throw error;
      if (child === process) end();
      throw refused(error.message);
    });
  const started = async (): Promise<ChildProcess> => {
    clearTimeout(idle);
    if (child === undefined) {
      const begun = fork(program, {
        serialization: "advanced",
        stdio: ["ignore", "ignore", "ignore", "ipc"],
        execArgv: [],
      });
      begun.once("exit", () => {
        if (child === begun) child = undefined;
      });
      child = begun;
      await ask(begun, { settings: { definition, truncation } });
    }
    return child;
  };
  // One call after the other: the process answers in order, and its time is that of one call.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const next = last.then(work, work);
    last = next.catch(() => {}).finally(() => (idle = setTimeout(end, idleTime).unref()));
    return next;
  };
  await inTurn(started);
  return {
    // The next process will know it.
    truncate: (chosen) =>
      inTurn(async () => {
        truncation = chosen;
        end();
      }),
    encode: (inputs, options) =>
      inTurn(async () => {
        const encoded: Encoded[] = [];
        for (const group of groupsOf(inputs, mostCharacters)) {
          encoded.push(...(await ask(await started(), { inputs: group, options })));
        }
        return encoded;
      }),
  };
}

/** Thrown where the process has no answer any more. */
class Ended extends Error {}

function askProcess(process: ChildProcess, call: Call): Promise<Encoded[]> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      process.off("message", onMessage).off("exit", onExit).off("error", reject);
      process.unref();
      process.channel?.unref();
      act();
    };
    const fail = (what: string): void => settle(() => reject(new Ended(what)));
    const onMessage = (reply: Reply): void =>
      settle(() => ("value" in reply ? resolve(reply.value as Encoded[]) : reject(new Error(reply.error))));
    const onExit = (): void => fail("it breaks down");
    // An answer that has come while this thread was busy counts.
    const timer = setTimeout(() => setImmediate(() => fail(`it takes more than ${mostTime / 1000} s`)), mostTime);
    process.once("message", onMessage).once("exit", onExit).once("error", reject);
    process.ref();
    process.channel?.ref();
    process.send(call);
  });
}
