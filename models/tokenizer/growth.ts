import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { limits, seeLimits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { longestReplacement } from "./character-map.ts";
import { addedTokensOf, stepsIn } from "./vocabulary.ts";

type Json = Readonly<Record<string, unknown>>;

/** A step of a normalizer: how much longer it can make a text (a factor), and how it is named. */
interface Growth {
  readonly factor: number;
  readonly name: string;
}

/** True for an expression without anything that could match nothing. */
const matchesSomething = (expression: string): boolean => expression !== "" && !/[*?|^$()]|\\b|\{0/i.test(expression);

const lengthOf = (text: unknown): number => (typeof text === "string" ? text.length : 0);

function growthsOf(step: unknown): readonly Growth[] {
  if (!isRecord(step)) return [];
  const { type, normalizers, pattern, content } = step;
  if (Array.isArray(normalizers)) return normalizers.flatMap(growthsOf);
  if (type === "Prepend") return [{ factor: lengthOf(step["prepend"]), name: "Prepend" }];
  if (type === "Precompiled") {
    // Real maps write a character out as up to 33 bytes, and hardly any text has many of those.
    const longest = longestReplacement(step["precompiled_charsmap"]);
    return [{ factor: longest > limits.textGrowth ? longest : 1, name: "Precompiled" }];
  }
  if (type !== "Replace" || !isRecord(pattern)) return [];
  const { String: text, Regex: expression } = pattern;
  // An expression may match a single character, and many may match nothing, before each.
  const longer = lengthOf(content) + (typeof expression === "string" && matchesSomething(expression) ? 0 : 1);
  const factor = typeof text === "string" && text !== "" ? lengthOf(content) / text.length : longer;
  return [{ factor, name: `Replace ${shown(text ?? expression)} by ${shown(content)}` }];
}

/**
 * Checks that a tokenizer's rules are no more than can be applied, cannot make a text grow beyond all bounds, and that
 * its added tokens can be searched for: all of it takes memory and time that its file does not show. Returns how many
 * times longer a text can get.
 * @throws InputError naming the rule that makes it too much
 */
export function checkGrowth(definition: Json): number {
  for (const part of ["normalizer", "pre_tokenizer"]) {
    const steps = stepsIn(definition[part]).length;
    if (steps > limits.tokenizerSteps) {
      throw new InputError(`its ${part} has ${steps} steps, the limit is ${limits.tokenizerSteps} (${seeLimits})`);
    }
  }
  let factor = 1;
  for (const growth of growthsOf(definition["normalizer"])) {
    factor *= Math.max(1, growth.factor);
    if (factor > limits.textGrowth) {
      throw new InputError(
        `its normalizer can make a text more than ${limits.textGrowth} times longer, with the rule ${growth.name} ` +
          `(${seeLimits})`,
      );
    }
  }
  let characters = 0;
  for (const { content } of addedTokensOf(definition)) characters += lengthOf(content);
  if (characters > limits.addedTokens) {
    throw new InputError(
      `its added tokens hold ${characters} characters, the limit is ${limits.addedTokens} (${seeLimits})`,
    );
  }
  return factor;
}
