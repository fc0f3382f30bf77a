import { InputError, messageOf } from "../../datasets/errors.ts";
import type { ModelDescription } from "../../models/description.ts";
import { openTextCounter, type TextCount } from "../../models/text-counter.ts";
import { describeModel, openNamed } from "../model/open-model.ts";
import type { World } from "../world.ts";

/** A text of a unit, and what the run put before it. */
export interface PromptedText {
  readonly prompt: string;
  readonly text: string;
}

/** What a model's files say, without its weights. */
export interface SeenModel {
  readonly description: ModelDescription;
  readonly maxTokens: number;
  /** Of the longest text of each unit, its prompt counted, [units]. */
  readonly counts: readonly TextCount[];
}

/** A run's model, by what its results say. */
export interface ModelOfRun {
  /** Repository or folder. */
  readonly id: string;
  readonly revision?: string | undefined;
  /** The limit that the row's name says (`model[maxTokens=128]`). */
  readonly maxTokens?: number | undefined;
}

const emptyCount: TextCount = { tokens: 0, unknown: 0 };

/**
 * Describes a model and counts what its tokenizer makes of the texts of units.
 *
 * @throws InputError where its files cannot be seen
 */
export async function seeModel(
  { id, revision, maxTokens }: ModelOfRun,
  units: readonly (readonly PromptedText[])[],
  hub: World["hub"],
): Promise<SeenModel> {
  const description = await describeModel(
    id,
    { ...(revision !== undefined && { revision }), ...(maxTokens !== undefined && { maxTokens }) },
    hub,
  );
  const counter = await openTextCounter(await openNamed(id, revision, hub), maxTokens);
  if (counter === undefined) return { description, maxTokens: Number.POSITIVE_INFINITY, counts: [] };
  const counted = await counter.count(units.flatMap((texts) => texts.map(({ prompt, text }) => prompt + text)));
  let next = 0;
  const counts = units.map((texts) => {
    const own = counted.slice(next, next + texts.length);
    next += texts.length;
    return own.reduce((longest, one) => (one.tokens > longest.tokens ? one : longest), emptyCount);
  });
  return { description, maxTokens: counter.maxTokens, counts };
}

/** Says why a model's files cannot be seen. @throws what is no reason for that */
export function unseen({ id }: ModelOfRun, error: unknown): string {
  if (!(error instanceof InputError)) throw error;
  return `what ${id} makes of the texts is not told: ${messageOf(error)}`;
}
