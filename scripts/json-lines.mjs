/** Programs that answer in lines of JSON, and the Python that can run one. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { delimiter } from "node:path";
import { createInterface } from "node:readline";

/** The Pythons that PYTHON names, or the one on the path. Packages that exclude each other need one each. */
export const pythons = (process.env.PYTHON ?? "python3").split(delimiter);

/** Ends with 0 where all packages are there; finding one takes less time than importing it. */
const probe = "import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, sys.argv[1:])))";

/** Returns the first of the Pythons that has all these packages. */
export function pythonWith(...packages) {
  return pythons.find((python) => spawnSync(python, ["-c", probe, ...packages], { stdio: "ignore" }).status === 0);
}

/** As `pythonWith`; where none has them, tells that `what` is not measured. */
export function pythonFor(what, ...packages) {
  const python = pythonWith(...packages);
  if (python === undefined) {
    console.error(`${what}: not found for ${pythons.join(", ")} (PYTHON names another), so not measured`);
  }
  return python;
}

/**
 * Runs a program to its end and returns what it printed.
 * @throws Error when it fails
 */
export function runToEnd(command, args, settings = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { ...settings, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr}`);
  return stdout;
}

/** As `runToEnd`; returns the last line, read as JSON. */
export const lastAnswer = (command, args, settings) =>
  JSON.parse(runToEnd(command, args, settings).trim().split("\n").at(-1));

/**
 * Starts a program. `next` waits for its next line, and sends a request first where one is given; `end` closes its
 * input, at which it is to end.
 * @param stderr What becomes of its standard error: "inherit" or "ignore".
 */
export function startJsonLines(command, args, { stderr = "inherit", env = process.env } = {}) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", stderr], env });
  // A program that is gone is told by its missing answer.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (request) => {
    if (request !== undefined) child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ${args[0]} ended early`);
    return JSON.parse(value);
  };
  return { next, end: () => child.stdin.end(), ended: once(child, "exit") };
}
