#!/usr/bin/env node
import { fstatSync, writeFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { getHeapStatistics } from "node:v8";
import { SHARE_ENV, Worker } from "node:worker_threads";
import { type Asked, type Given, plainNotes, type Told, widthOf } from "./commands/streams.ts";
import { codeOf, InputError, messageOf, outOfMemory } from "./datasets/errors.ts";
import { limits } from "./datasets/limits.ts";
import { visibleText } from "./datasets/shown.ts";
import { readSmallStream } from "./datasets/small-file.ts";
import { prepareEnvironment } from "./models/runtime/providers/index.ts";
import { requireLimits } from "./runners/system-limits.ts";

/** Signals that stop the program in order, with their exit statuses. */
const stopSignals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof stopSignals;

/** Milliseconds that a stopped command has to come to its end by itself. */
const grace = 500;

const failed = 1;

/** Tells whether standard output is a file. */
function isOutFile(): boolean {
  try {
    // Big integers, because Node 20's import of packages behind symbolic links (pnpm) goes wrong where the last plain
    // fstatSync was of a pipe: realpathSync looks at the values that it left.
    return fstatSync(process.stdout.fd, { bigint: true }).isFile();
  } catch {
    return false;
  }
}

/**
 * Opens standard output. If its reader goes away (`| head`), the command still runs to its end, since it stores results and
 * its status is a verdict; if it cannot be written for another reason, the command fails at its end. What would move a
 * terminal's cursor or turn its text is shown as JSON escapes it; files and pipes get each byte.
 */
function openOut(): (written: string) => void {
  let isLost = false;
  const lose = (error: unknown): void => {
    if (isLost || codeOf(error) === "EPIPE") return;
    isLost = true;
    console.error(`pramana: standard output cannot be written: ${messageOf(error)}; what was printed is not whole`);
    process.once("exit", () => {
      process.exitCode ||= failed;
    });
  };
  process.stdout.on("error", lose);
  if (process.stdout.isTTY) return (written) => void process.stdout.write(visibleText(written));
  if (!isOutFile()) return (written) => void process.stdout.write(written);
  return (written) => {
    try {
      // The stream would write once, and not look how much of it a disk that fills up took.
      writeFileSync(process.stdout.fd, written);
    } catch (error) {
      lose(error);
    }
  };
}

/** Reads all of standard input. */
const readAll = (): Promise<Asked> =>
  readSmallStream(process.stdin, "standard input", limits.texts).then(
    (text) => ({ kind: "input", text }),
    (error: unknown) => ({ kind: "no-input", reason: messageOf(error) }),
  );

/** Tells of what ended the command's thread from outside of the command. */
function outcryOf(error: unknown): string {
  const known = error instanceof InputError ? error.message : outOfMemory(error);
  if (known !== undefined) return `pramana: ${known}\n`;
  const place = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  return `pramana: an error of its own, please report it: ${place}\n`;
}

/**
 * Runs the command in a thread of its own, so that this one hears signals whatever the command is busy with.
 *
 * Ctrl-C, SIGTERM and SIGHUP abort the command, which comes to its end and closes its files. Work that takes longer than
 * `grace`, such as a batch of a large model, is not waited for, because whatever is stored is stored whole; a second signal
 * waits for nothing. The process then ends by the signal itself: `process.exit` would wait for what runs in other threads,
 * and ONNX Runtime then aborts.
 */
function main(): void {
  // That nobody reads the notes any more, or that their disk is full, is no reason to end a run.
  process.stderr.on("error", () => undefined);
  prepareEnvironment(process.env);
  const out = openOut();
  const err = (written: string): void => void process.stderr.write(plainNotes(written));
  const given: Given = {
    argv: process.argv,
    width: widthOf(process.stderr),
    outWidth: widthOf(process.stdout),
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
  };
  const isSource = import.meta.url.endsWith(".ts");
  const worker = new Worker(new URL(isSource ? "./work.ts" : "./work.js", import.meta.url), {
    workerData: given,
    env: SHARE_ENV,
    // A thread would have less than the process has.
    resourceLimits: { maxOldGenerationSizeMb: getHeapStatistics().heap_size_limit / 2 ** 20 },
  });
  const ask = (asked: Asked): void => worker.postMessage(asked);
  let note = "";
  let isTold = false;
  /** Tells, once, that the program stopped, what is kept and how to go on. */
  const tellStop = (): void => {
    if (isTold) return;
    isTold = true;
    try {
      // Written at once: the process may end with the next line.
      writeSync(2, plainNotes(`\npramana: stopped${note}\n`));
    } catch {}
  };
  /** Ends the process by the signal that stopped it. */
  const end = (by: StopSignal): void => {
    tellStop();
    process.removeAllListeners(by);
    process.kill(process.pid, by);
    // The first process of a container is not ended by a signal of its own.
    setTimeout(() => process.exit(stopSignals[by]), grace);
  };
  let stoppedBy: StopSignal | undefined;
  for (const by of Object.keys(stopSignals) as StopSignal[]) {
    process.once(by, () => {
      stoppedBy = by;
      ask({ kind: "stop" });
      setTimeout(() => end(by), grace).unref();
      process.once(by, () => end(by));
    });
  }
  const hear: { readonly [Kind in Told["kind"]]: (told: Extract<Told, { kind: Kind }>) => void } = {
    out: (told) => out(told.text),
    err: (told) => err(told.text),
    note: (told) => {
      note = told.text;
    },
    "read-line": () => {
      const lines = createInterface({ input: process.stdin });
      let line: string | undefined;
      lines.once("line", (first) => {
        line = first;
        lines.close();
      });
      lines.once("close", () => {
        // Where the input ended without a line, nobody pressed the key that begins the next.
        if (line === undefined) process.stderr.write("\n");
        ask({ kind: "input", text: line ?? "" });
      });
    },
    read: () => void readAll().then(ask),
    ended: ({ status }) => {
      if (status !== "stopped") process.exitCode = status;
      else if (stoppedBy !== undefined) {
        tellStop();
        process.exitCode = stopSignals[stoppedBy];
      }
    },
  };
  worker.on("message", (told: Told) => (hear[told.kind] as (told: Told) => void)(told));
  worker.on("error", (error) => {
    err(outcryOf(error));
    process.exitCode = failed;
  });
}

try {
  requireLimits();
  main();
} catch (error) {
  process.stderr.write(outcryOf(error));
  process.exitCode = failed;
}
