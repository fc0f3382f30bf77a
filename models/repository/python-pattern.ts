import { createContext, Script } from "node:vm";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { shownJson } from "../../datasets/shown.ts";

/** Longest time, in milliseconds, that one text may take: a pattern can be written so that it never ends. */
const patience = 2000;
const search = new Script("pattern.exec(text)");

/**
 * Reads a regular expression of Python's where it means the same in JavaScript's strict form, which refuses what only one
 * of the two knows (`\Z`, `(?i)`, `(?P<name>…)`, `{,3}`).
 * @param subject What the message calls the pattern.
 * @returns a function that tells whether `before`, the pattern and `after` match a whole text together
 * @throws InputError for another pattern, and, when it is asked, for one that takes seconds
 */
export function pythonPattern(
  subject: string,
  pattern: string,
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
    try {
      return search.runInContext(Object.assign(context, { text }), { timeout: patience });
    } catch {
      return fail(`takes more than ${patience / 1000} seconds for ${shownJson(text, 80)}`);
    }
  };
}
