/** Characters of a message, and how many of its end stay where it is longer: the way out stands there. */
const longest = 4000;
const end = 1000;

/** A message whose middle is left out where it is too long: names and values in it may come from anyone. */
const bounded = (message: string): string =>
  message.length <= longest ? message : `${message.slice(0, longest - end)} … ${message.slice(-end)}`;

/**
 * Something the user can put right: a name, a file, a column, an option. The command line prints its message and no
 * stack trace. Messages follow one grammar: area, subject, offending value, what was expected or available, way out.
 */
export class InputError extends Error {
  override readonly name = "InputError";

  constructor(message: string, options?: ErrorOptions) {
    super(bounded(message), options);
  }
}

/** A name or option that the user gave and that does not exist or fit: wrong usage, not a failure. */
export class UsageError extends InputError {}

/** Finds what the user named; an `InputError` on the way is then a `UsageError`. */
export async function asUsage<Value>(find: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await find();
  } catch (error) {
    throw error instanceof InputError ? new UsageError(error.message) : error;
  }
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, " ");
}

/** The code of a system error such as ENOENT, or "". */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
