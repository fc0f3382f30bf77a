import { InputError } from "./errors.ts";
import { limits, seeLimits } from "./limits.ts";
import { shownJson } from "./shown.ts";

/** Tells whether a character, given as a text of one code point, fits one place of a pattern. */
type Accepts = (character: string) => boolean;

/** One place of a pattern: a character that stands for itself, or a test. */
type Step = string | Accepts;

/** Work that all patterns of a card may still add up to, in words of states that are looked at. */
export interface Effort {
  left: number;
}

export const newEffort = (): Effort => ({ left: limits.patternSteps });

/**
 * A pattern as an automaton of `steps.length + 1` states in a row, the last of which accepts. From state i, a character
 * that fits `steps[i]` leads to the next state, one that `loops[i]` accepts stays, and `jumps` lead two states on by
 * themselves.
 */
interface Automaton {
  readonly steps: Step[];
  readonly loops: Accepts[];
  readonly jumps: number[];
}

const any: Accepts = () => true;
const inName: Accepts = (character) => character !== "/";

/**
 * Makes a test of paths as fsspec's glob has it (2026.6: `glob_translate`): `*` and `?` stand for characters of one name,
 * `[a-z]` and `[!a-z]` for one character, `**` as a whole part for any folders, as the last part for all that follows;
 * nothing else is special. A path of n characters takes a pattern of m at most n × m / 32 steps, whatever they are.
 *
 * @throws InputError for a pattern longer than any path, for `**` within a part, which fsspec refuses too, and, where a
 *   path is matched, when the effort is spent.
 */
export function globMatcher(pattern: string, effort: Effort): (path: string) => boolean {
  if (pattern.length > limits.pathBytes) {
    throw new InputError(
      `data files: the pattern ${shownJson(pattern)} has ${pattern.length} characters, at most ${limits.pathBytes} are ` +
        `taken; correct the card of the data set, ${seeLimits}`,
    );
  }
  const automaton = automatonOf(pattern);
  const runs = literalRuns(automaton);
  const fits = runner(automaton);
  return (path) => {
    spend(effort, tryCost);
    let at = 0;
    for (const run of runs) {
      const found = path.indexOf(run, at);
      if (found < 0) return false;
      at = found + run.length;
    }
    spend(effort, runCost + path.length * wordsOf(automaton));
    return fits(path);
  };
}

/** What a try and a run of the automaton cost besides their steps: time, and room for what is found. */
const tryCost = 8;
const runCost = 128;

function spend(effort: Effort, steps: number): void {
  effort.left -= steps;
  if (effort.left >= 0) return;
  throw new InputError(
    `data files: to match the patterns of the card with the files takes more than ${limits.patternSteps} steps, which is ` +
      `all that is done; list fewer patterns, or files by their names, ${seeLimits}`,
  );
}

/** Returns the texts that every path that fits holds one behind the other: to look for them is faster than to run. */
function literalRuns({ steps, loops, jumps }: Automaton): readonly string[] {
  const passed = new Set(jumps.flatMap((i) => [i, i + 1]));
  const runs = [""];
  for (const [i, step] of steps.entries()) {
    const isLiteral = typeof step === "string" && !passed.has(i);
    if (!isLiteral || loops[i]) runs.push("");
    if (isLiteral) runs[runs.length - 1] += step;
  }
  return runs.filter((run) => run !== "");
}

function automatonOf(pattern: string): Automaton {
  const out: Automaton = { steps: [], loops: [], jumps: [] };
  const { steps, loops, jumps } = out;
  const parts = pattern.split("/").filter((part, i, all) => part !== "**" || all[i - 1] !== "**");
  // fsspec looks no deeper than the pattern is, but where it has `**`: there alone a class may stand for a slash.
  const mayCross = parts.includes("**");
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    if (part === "**") {
      if (isLast) loops[steps.length] = any;
      else {
        jumps.push(steps.length);
        steps.push(any);
        loops[steps.length] = any;
      }
    } else if (part === "*") {
      steps.push(inName);
      loops[steps.length] = inName;
    } else if (part.includes("**")) {
      throw new InputError(
        `data files: the pattern ${shownJson(pattern)} has ** within a part; expected ** alone between slashes, such as ` +
          "**/*.csv, as fsspec does; correct the card of the data set",
      );
    } else addPart(out, Array.from(part), mayCross);
    if (!isLast) steps.push("/");
  }
  return out;
}

function addPart({ steps, loops }: Automaton, characters: readonly string[], mayCross: boolean): void {
  for (let i = 0; i < characters.length; i++) {
    const one = characters[i];
    // A bracket that closes right behind the opening one, or behind its !, belongs to the class.
    const first = i + (characters[i + 1] === "!" ? 2 : 1);
    const end = one === "[" ? characters.indexOf("]", first + (characters[first] === "]" ? 1 : 0)) : -1;
    if (one === "*") loops[steps.length] = inName;
    else if (one === "?") steps.push(inName);
    else if (end < 0) steps.push(one);
    else {
      const accepts = classOf(characters.slice(i + 1, end));
      steps.push(mayCross ? accepts : (character) => inName(character) && accepts(character));
      i = end;
    }
  }
}

/**
 * Reads what stands in brackets. Ranges that run backwards are taken out before the mark of a negation is looked at, as
 * in Python's `fnmatch`: `[b-a]` fits nothing, `[!b-a]` everything.
 */
function classOf(inner: readonly string[]): Accepts {
  const chunks = rangeChunks(inner);
  const isNegated = chunks[0][0] === "!";
  const [head, ...others] = chunks;
  const kept = [isNegated ? head.slice(1) : head, ...others];
  const members = new Set(kept.flatMap((chunk, i) => chunk.slice(i > 0 ? 1 : 0, i < kept.length - 1 ? -1 : undefined)));
  const ranges = others.map((chunk, i) => [codeOf(chunks[i][chunks[i].length - 1]), codeOf(chunk[0])] as const);
  const isMember: Accepts = (character) =>
    members.has(character) || ranges.some(([low, high]) => low <= codeOf(character) && codeOf(character) <= high);
  return isNegated ? (character) => !isMember(character) : isMember;
}

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;

/** Cuts a class at the hyphens that make ranges: one runs from the last character of a chunk to the first of the next. */
function rangeChunks(inner: readonly string[]): readonly (readonly string[])[] {
  const chunks: (readonly string[])[] = [];
  let start = 0;
  for (let at = inner[0] === "!" ? 2 : 1; ; ) {
    const hyphen = inner.indexOf("-", at);
    if (hyphen < 0) break;
    chunks.push(inner.slice(start, hyphen));
    start = hyphen + 1;
    at = hyphen + 3;
  }
  const rest = inner.slice(start);
  if (rest.length > 0 || chunks.length === 0) chunks.push(rest);
  else chunks[chunks.length - 1] = [...chunks[chunks.length - 1], "-"];
  for (let k = chunks.length - 1; k > 0; k--) {
    const [before, after] = [chunks[k - 1], chunks[k]];
    if (codeOf(before[before.length - 1]) > codeOf(after[0])) {
      chunks.splice(k - 1, 2, [...before.slice(0, -1), ...after.slice(1)]);
    }
  }
  return chunks;
}

/** States as bits, 32 in a word. */
type States = Uint32Array;

const setBit = (states: States, i: number): void => {
  states[i >>> 5] |= 1 << (i & 31);
};
const hasBit = (states: States, i: number): boolean => ((states[i >>> 5] >>> (i & 31)) & 1) === 1;

const wordsOf = ({ steps }: Automaton): number => (steps.length >>> 5) + 1;

/** States that a character leads on from, and those that it leaves as they are. */
interface Moves {
  readonly go: States;
  readonly stay: States;
}

/** Runs an automaton in all of its states at once. */
function runner(automaton: Automaton): (path: string) => boolean {
  const { steps, loops, jumps } = automaton;
  const words = wordsOf(automaton);
  const fitting = (tests: readonly Step[], character: string): States => {
    const states = new Uint32Array(words);
    tests.forEach((test, i) => {
      if (typeof test === "string" ? test === character : test(character)) setBit(states, i);
    });
    return states;
  };
  const known: Moves[] = [];
  const jump = new Uint32Array(words);
  for (const i of jumps) setBit(jump, i);
  const now = new Uint32Array(words);
  return (path) => {
    now.fill(0);
    now[0] = jumps[0] === 0 ? 0b101 : 1;
    for (let at = 0; at < path.length; at++) {
      const code = path.codePointAt(at) ?? 0;
      if (code > 0xffff) at++;
      let moves = known[code];
      if (moves === undefined) {
        const character = String.fromCodePoint(code);
        moves = { go: fitting(steps, character), stay: fitting(loops, character) };
        known[code] = moves;
      }
      if (!advance(now, moves, jump)) return false;
    }
    return hasBit(now, steps.length);
  };
}

/** Leads states on by one character. Tells whether any are left. */
function advance(now: States, { go, stay }: Moves, jump: States): boolean {
  let gone = 0;
  let jumped = 0;
  let left = 0;
  for (let i = 0; i < now.length; i++) {
    const going = now[i] & go[i];
    const next = (going << 1) | gone | (now[i] & stay[i]);
    const jumping = next & jump[i];
    now[i] = next | (jumping << 2) | jumped;
    gone = going >>> 31;
    jumped = jumping >>> 30;
    left |= now[i];
  }
  return left !== 0;
}
