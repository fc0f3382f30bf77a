#!/usr/bin/env node
import { text } from "node:stream/consumers";
import { endOfParsing, runProgram } from "./commands/program.ts";
import { clearLine, type Terminal, UsageError } from "./commands/terminal.ts";
import { InputError, messageOf } from "./datasets/errors.ts";
import { plainLines, plainText } from "./datasets/shown.ts";

const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Tells an error to the user; what is not his to put right comes with its place. */
function exitCodeOf(error: unknown): number {
  const parsing = endOfParsing(error);
  if (parsing !== undefined) return parsing === "shown" ? exitCodes.done : exitCodes.usage;
  if (error instanceof Interrupted) {
    console.error("\npramana: stopped; the results of finished tasks are stored");
    return exitCodes.interrupted;
  }
  if (error instanceof InputError) console.error(`pramana: ${plainText(error.message)}`);
  else
    console.error(
      `pramana: an error of its own, please report it: ${plainLines(error instanceof Error ? (error.stack ?? error.message) : messageOf(error))}`,
    );
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}

/** Ctrl-C: the batch at work is finished, files are closed, then the program ends; at once when pressed again. */
function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => {
    controller.abort(new Interrupted());
    process.once("SIGINT", () => process.kill(process.pid, "SIGKILL"));
  });
  return controller.signal;
}

class Interrupted extends Error {}

/**
 * What CUDA takes from the process's environment alone, unless the user has set it: products of fp32 are not shortened to
 * TF32 (ten bits of mantissa), so that scores can be compared; GPUs are numbered as nvidia-smi does.
 */
function prepareCuda(env: NodeJS.ProcessEnv): void {
  env["NVIDIA_TF32_OVERRIDE"] ??= "0";
  env["CUDA_DEVICE_ORDER"] ??= "PCI_BUS_ID";
}

async function main(): Promise<number> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The reader of a pipe had enough; that is no failure.
    if (error.code === "EPIPE") process.exit(exitCodes.done);
  });
  prepareCuda(process.env);
  const terminal: Terminal = {
    env: process.env,
    out: (written) => void process.stdout.write(written),
    // Names in notes are not the user's own; of what moves a cursor, only what clears the line of progress passes.
    err: (written) => void process.stderr.write(written.split(clearLine).map(plainLines).join(clearLine)),
    ...(process.stderr.isTTY ? { width: process.stderr.columns } : {}),
    ...(process.stdout.isTTY ? { outWidth: process.stdout.columns } : {}),
    readInput: () => text(process.stdin),
    now: () => Date.now() / 1000,
    signal: stopOnInterrupt(),
  };
  try {
    return (await runProgram(terminal, process.argv)) ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    return exitCodeOf(error);
  }
}

process.exitCode = await main();
