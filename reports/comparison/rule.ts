import { InputError } from "../../datasets/errors.ts";

/** A condition that must not hold, such as `any < -1.0 and significant`. */
export interface Rule {
  /** As it was written, without blanks around it. */
  readonly text: string;
  /** `overall`, `any` (some task), a task type, or a task's name. */
  readonly subject: string;
  readonly sign: "<" | "<=" | ">" | ">=";
  /** Candidate minus base, in points (percent). */
  readonly points: number;
  /** True where only a significant difference counts. */
  readonly significant: boolean;
  /** File and line where it stands; absent where it was given by itself. */
  readonly place?: string;
}

const grammar = "SUBJECT < NUMBER [and significant], such as overall < -0.2 or any < -1.0 and significant";

function unreadable(text: string, place: number, expected: string): InputError {
  const found = text.slice(place).trim();
  return new InputError(
    `rule ${JSON.stringify(text)}: at character ${place + 1}, ${found === "" ? "its end" : JSON.stringify(found)}: ` +
      `expected ${expected}; a rule is ${grammar}`,
  );
}

/**
 * Reads a rule: SUBJECT (< | <= | > | >=) NUMBER [and significant].
 *
 * @throws InputError naming the place and what was expected there.
 */
export function parseRule(text: string): Rule {
  let place = 0;
  const take = (pattern: RegExp, expected: string): string => {
    place += /^\s*/.exec(text.slice(place))?.[0].length ?? 0;
    const [found] = pattern.exec(text.slice(place)) ?? [];
    if (found === undefined) throw unreadable(text, place, expected);
    place += found.length;
    return found;
  };
  const subject = take(/^[^\s<>=]+/, "overall, any, a task type, or a task's name");
  const sign = take(/^[<>]=?/, "<, <=, > or >=") as Rule["sign"];
  // Comparisons are printed with a true minus sign, and rules are copied from them.
  const points = take(/^[+\-−]?(?:\d+(?:\.\d+)?|\.\d+)(?![^\s])/, "a number of points, such as -0.5");
  const significant = text.slice(place).trim() !== "";
  if (significant) {
    take(/^and(?![^\s])/i, 'nothing more, or "and significant"');
    take(/^significant(?![^\s])/i, '"significant"');
    if (text.slice(place).trim() !== "") take(/^$/, "nothing more");
  }
  return { text: text.trim(), subject, sign, points: Number(points.replace("−", "-")), significant };
}

/**
 * Reads the rules of a file, one a line; a `#` begins a comment.
 *
 * @param source Name of the file in error messages.
 * @throws InputError naming the line, and for a file without rules.
 */
export function parseGate(text: string, source: string): Rule[] {
  const rules = text.split(/\r?\n/).flatMap((line, i) => {
    const written = line.replace(/#.*/, "").trim();
    if (written === "") return [];
    const place = `${source}, line ${i + 1}`;
    try {
      return [{ ...parseRule(written), place }];
    } catch (error) {
      throw error instanceof InputError ? new InputError(`${place}: ${error.message}`) : error;
    }
  });
  if (rules.length > 0) return rules;
  throw new InputError(`${source}: there is no rule in it; a rule is ${grammar}; one stands on each line`);
}
