import { getHeapStatistics } from "node:v8";

/** Characters of a message; of a longer one the last `end` stay, where the way out stands. */
const longest = 4000;
const end = 1000;

/** Leaves out the middle of a message that is too long: names and values in it may come from anyone. */
const bounded = (message: string): string =>
  message.length <= longest ? message : `${message.slice(0, longest - end)} … ${message.slice(-end)}`;

/**
 * Failure that the user can mend: a name, a file, a column, an option. The command line prints its message without a
 * stack trace. Messages follow one grammar: area, subject, offending value, what was expected or available, way out.
 */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(message: string, options?: ErrorOptions) {
    super(bounded(message), options);
  }
}

/**
 * A repository, or a file of one, cannot be had: it is gated, private, not there, not cached while the Hub may not be asked,
 * or out of reach. What is wrong within a file is no such error.
 */
export class Unavailable extends InputError {
  /** @param common The reason without the repository's name, where it holds for many of them. */
  constructor(
    message: string,
    readonly common?: string,
  ) {
    super(message);
  }
}

/** Wrong usage: the user gave a name or option that does not exist or fit. */
export class UsageError extends InputError {}

/** Finds what the user named; turns an `InputError` into a `UsageError`. */
export async function asUsage<Value>(find: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await find();
  } catch (error) {
    throw error instanceof InputError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** Returns the message of a thrown value, on one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, " ");
}

/** Returns the code of a system error, such as ENOENT, or "". */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Codes of a disk, or of a share of it, that has no room. */
export const full = ["ENOSPC", "EDQUOT"];

const memoryCodes = ["ERR_WORKER_OUT_OF_MEMORY", "ERR_MEMORY_ALLOCATION_FAILED"];
const memoryWords = /allocation failed|cannot allocate|out of memory/i;

/** Returns what to tell of an error that says that memory ran out, with the way out; undefined for any other. */
export function outOfMemory(error: unknown): string | undefined {
  const isIt = memoryCodes.includes(codeOf(error)) || (error instanceof RangeError && memoryWords.test(error.message));
  if (!isIt) return undefined;
  const what = `out of memory (${messageOf(error)})`;
  if (messageOf(error).includes("Wasm")) {
    return `${what}; each memory of WebAssembly takes 10 GiB of addresses, most never filled: lift the limit on them with: ulimit -v unlimited`;
  }
  const most = Math.round(getHeapStatistics().heap_size_limit / 2 ** 20);
  return (
    `${what}; JavaScript may hold ${most} MiB here: give it more with NODE_OPTIONS=--max-old-space-size=MIB, or run fewer ` +
    "or smaller tasks at once"
  );
}
