#!/usr/bin/env node
import { fstatSync, writeFileSync, writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { endingOf, exitCodes, runProgram } from "./commands/program.ts";
import { plainNotes, widthOf } from "./commands/streams.ts";
import type { Terminal } from "./commands/terminal.ts";
import { codeOf, messageOf } from "./datasets/errors.ts";
import { prepareEnvironment } from "./models/runtime/providers/index.ts";

/** Signals that stop the program in order, with their exit statuses. */
const stopSignals = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof stopSignals;

/** Milliseconds that a stopped command has to come to its end by itself. */
const grace = 500;

/** Tells the user of an error. Returns the exit status. */
function tellError(error: unknown): number {
  if (error instanceof Interrupted) {
    error.tell();
    return stopSignals[error.by];
  }
  const { status, told } = endingOf(error);
  process.stderr.write(told);
  return status;
}

/** The reason of an abort: the user, or the system, wants the program to stop. */
class Interrupted extends Error {
  readonly by: StopSignal;
  /** Tells, once, that the program stopped, what is kept and how to go on. */
  readonly tell: () => void;
  constructor(by: StopSignal, note: () => string) {
    super("stopped");
    this.by = by;
    let told = false;
    this.tell = () => {
      if (told) return;
      told = true;
      try {
        // Written at once: the process may end with the next line.
        writeSync(2, `\npramana: stopped${note()}\n`);
      } catch {}
    };
  }
}

/**
 * Returns what Ctrl-C and SIGTERM abort, so that the command comes to its end and closes its files. Work that takes longer
 * than `grace`, such as a batch of a large model, is not waited for, because whatever is stored is stored whole; a second
 * signal waits for nothing. The process then ends by the signal itself: `process.exit` would wait for what runs in other
 * threads, and ONNX Runtime then aborts.
 */
function stopOnSignals(note: () => string): AbortSignal {
  const controller = new AbortController();
  for (const by of Object.keys(stopSignals) as StopSignal[]) {
    process.once(by, () => {
      const interrupted = new Interrupted(by, note);
      controller.abort(interrupted);
      setTimeout(() => end(interrupted), grace).unref();
      process.once(by, () => end(interrupted));
    });
  }
  return controller.signal;
}

/** Ends the process by the signal that interrupted it. */
function end({ by, tell }: Interrupted): void {
  tell();
  process.removeAllListeners(by);
  process.kill(process.pid, by);
  // The first process of a container is not ended by a signal of its own.
  setTimeout(() => process.exit(stopSignals[by]), grace);
}

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
 * its status is a verdict; if it cannot be written for another reason, the command fails at its end.
 */
function openOut(): (written: string) => void {
  let isLost = false;
  const lose = (error: unknown): void => {
    if (isLost || codeOf(error) === "EPIPE") return;
    isLost = true;
    console.error(`pramana: standard output cannot be written: ${messageOf(error)}; what was printed is not whole`);
    process.once("exit", () => {
      process.exitCode ||= exitCodes.failed;
    });
  };
  process.stdout.on("error", lose);
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

async function main(): Promise<number> {
  // That nobody reads the notes any more, or that their disk is full, is no reason to end a run.
  process.stderr.on("error", () => undefined);
  prepareEnvironment(process.env);
  let stopNote = (): string => "";
  const terminal: Terminal = {
    env: process.env,
    out: openOut(),
    err: (written) => void process.stderr.write(plainNotes(written)),
    width: widthOf(process.stderr),
    outWidth: widthOf(process.stdout),
    readInput: () => text(process.stdin),
    now: () => Date.now() / 1000,
    signal: stopOnSignals(() => stopNote()),
    whenStopped: (note) => {
      stopNote = () => `; ${note()}`;
    },
  };
  try {
    return (await runProgram(terminal, process.argv)) ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    return tellError(error);
  }
}

process.exitCode = await main();
