/**
 * Something the user can put right: a name, a file, a column, an option. The command line prints its message and no
 * stack trace. Messages follow one grammar: area, subject, offending value, what was expected or available, way out.
 */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, " ");
}
