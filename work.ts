/**
 * What `cli.ts` starts in a thread of its own: the command. Its thread may be busy for as long as it likes, as nothing but
 * the other one hears signals and writes.
 */
import { parentPort, workerData } from "node:worker_threads";
import { endingOf, exitCodes, runProgram } from "./commands/program.ts";
import { type Asked, clearLine, type Given, type Told } from "./commands/streams.ts";
import type { Terminal } from "./commands/terminal.ts";
import { InputError } from "./datasets/errors.ts";
import { wrapText } from "./reports/wrap.ts";

/** Milliseconds between two looks at what is stored. */
const patrol = 200;

const port = parentPort;
if (port === null) throw new Error("work.ts is started by cli.ts");
const { argv, width, outWidth, canAsk } = workerData as Given;
const tell = (told: Told): void => port.postMessage(told);

const stopped = new AbortController();
const isTheStop = (error: unknown): boolean => stopped.signal.aborted && error === stopped.signal.reason;
let giveInput = (_text: string): void => {};
let refuseInput = (_reason: Error): void => {};
let noteNow = (): string => "";
let noted = "";

/** Tells how to go on, were the command stopped now: once its thread is busy, it cannot be asked. */
function tellNote(): void {
  const note = noteNow();
  if (note !== noted) tell({ kind: "note", text: note });
  noted = note;
}

/** Wraps notes at words to the terminal that they go to; the line of progress fits it already. */
const fitted = (text: string): string =>
  text
    .split(clearLine)
    .map((piece) => wrapText(piece, width))
    .join(clearLine);

/** A line of progress stands in the terminal, which what comes next replaces. */
let hasLive = false;

function clearLive(): void {
  if (hasLive) tell({ kind: "err", text: clearLine });
  hasLive = false;
}

/** Asks the other thread for standard input, or for a line of it. */
const input = (kind: "read" | "read-line"): Promise<string> =>
  new Promise((resolve, reject) => {
    giveInput = resolve;
    refuseInput = reject;
    port.ref();
    tell({ kind });
  });

const terminal: Terminal = {
  env: process.env,
  out: (text) => {
    if (outWidth !== undefined) clearLive();
    tell({ kind: "out", text });
  },
  err: (text) => {
    if (!text.startsWith(clearLine)) clearLive();
    tell({ kind: "err", text: fitted(text) });
    hasLive = width !== undefined && !text.endsWith("\n");
    tellNote();
  },
  width,
  outWidth,
  readInput: () => input("read"),
  ...(canAsk && {
    ask: (question: string) => {
      tell({ kind: "err", text: fitted(question) });
      return input("read-line");
    },
  }),
  now: () => Date.now() / 1000,
  signal: stopped.signal,
  whenStopped: (note) => {
    noteNow = () => `; ${note()}`;
    tellNote();
  },
};

async function main(): Promise<number | "stopped"> {
  try {
    return (await runProgram(terminal, argv)) ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    if (isTheStop(error)) return "stopped";
    const { status, told } = endingOf(error);
    clearLive();
    tell({ kind: "err", text: fitted(told) });
    return status;
  }
}

port.on("message", (asked: Asked) => {
  if (asked.kind === "stop") {
    stopped.abort(new Error("stopped"));
    return;
  }
  port.unref();
  if (asked.kind === "input") giveInput(asked.text);
  else refuseInput(new InputError(asked.reason));
});
// Neither the other thread nor the patrol keep this one at work when the command is done.
port.unref();
setInterval(tellNote, patrol).unref();
const status = await main();
tellNote();
tell({ kind: "ended", status });
