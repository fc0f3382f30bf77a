import { createContext, Script } from "node:vm";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { shownJson } from "../../datasets/shown.ts";

/** Milliseconds that all matches of a file's patterns may take: a pattern can be written so that it never ends. */
const patience = 3000;
/** What is left of them. */
export interface Clock {
  left: number;
}
export const newClock = (): Clock => ({ left: patience });

const search = new Script("pattern.exec(text)");

/**
 * Reads a regular expression of Python's where it means the same in JavaScript's strict form, which refuses what only one
 * of the two knows (`\Z`, `(?i)`, `(?P<name>…)`, `{,3}`).
 * @param subject What the message calls the pattern.
 * @param clock That of the file.
 * @returns a function that tells whether `before`, the pattern and `after` match a whole text together
 * @throws InputError for another pattern, and, when it is asked, for one that takes too long
 */
export function pythonPattern(
  subject: string,
  pattern: string,
  clock: Clock,
  { before = "", after = "" } = {},
): (text: string) => RegExpExecArray | null {
  const fail = (reason: string): never => {
    throw new InputError(
      `${subject} is the regular expression ${shownJson(pattern, 80)}, which ${reason}; name the modules one by one, or merge the adapter in a copy (PEFT's merge_and_unload)`,
    );
  };
  let whole: RegExp;
  try {
    new RegExp(pattern, "u");
    whole = new RegExp(`^${before}(?:${pattern})${after}$`, "u");
  } catch (error) {
    return fail(`is not read (${messageOf(error)})`);
  }
  // What repeats nothing ends soon, and is not worth a clock.
  if (!/[*+?{]/.test(pattern)) return (text) => whole.exec(text);
  const context = createContext({ pattern: whole });
  return (text) => {
    const began = performance.now();
    try {
      return search.runInContext(Object.assign(context, { text }), { timeout: Math.max(1, Math.ceil(clock.left)) });
    } catch {
      return fail(`takes more than ${patience / 1000} seconds, the last of them for ${shownJson(text, 80)}`);
    } finally {
      clock.left -= performance.now() - began;
    }
  };
}
