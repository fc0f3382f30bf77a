import { none, published } from "../../runners/prompts/try.ts";
import { mean } from "../../tasks/metrics/lists.ts";
import { type Draws, summarize } from "../../tasks/resampling/draws.ts";
import type { Difference, JudgedDifference } from "../comparison/comparison.ts";
import { statistics } from "../comparison/statistics.ts";
import { judge } from "../comparison/verdicts.ts";
import type { Scope, ScopeMember } from "./scope.ts";

/** A prompt of a model, held against the model's own. */
export interface PromptRow extends Omit<ScopeMember, "model"> {
  /** Absent of the model's own prompt, and where a score is missing. */
  readonly change?: JudgedDifference;
}

/** How much of the best prompt's lead is the luck of choosing it by the units it is scored with; in scores, 0 … 1. */
export interface Luck {
  /** What a prompt that was chosen on resampled units scores better there than on all units, on average. */
  readonly ofChoosing: number;
  /** What the best would be above the mean of all if all were equally good. */
  readonly ifEqual: number;
}

/** How far a model's prompts lie apart; in scores, 0 … 1. */
export interface Spread {
  /** Best less worst. */
  readonly width: number;
  /** What it would be, on average, if all were equally good. */
  readonly ifEqual?: number;
  /** The chance of one so wide if all were equally good. */
  readonly pValue?: number;
}

/** What a task's score depends on a model's prompt. */
export interface Sensitivity {
  readonly model: number;
  /** The model's own prompt first, then none, then those that were tried. */
  readonly rows: readonly PromptRow[];
  /** Number of different prompts, the model's own among them; none is not, unless it is the model's own. */
  readonly prompts: number;
  readonly median: number;
  /** Median less the score of the model's own prompt. */
  readonly medianChange: Difference;
  readonly best: string;
  readonly worst: string;
  readonly spread: Spread;
  readonly luck?: Luck;
}

/** Returns the median; of an even number of values the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

/** Returns the place of the member of a model with a prompt. */
export function placeOf({ members }: Pick<Scope, "members">, model: number, prompt: string): number {
  const place = members.findIndex((one) => one.model === model && one.prompt === prompt);
  const { sameAs } = members[place] ?? {};
  return sameAs === undefined ? place : placeOf({ members }, model, sameAs);
}

/**
 * Returns the places of a model's different prompts, its own among them: what may be chosen. None is no prompt, and is among
 * them only where it is the model's own.
 */
export const choicesOf = ({ members }: Scope, model: number): readonly number[] =>
  members.flatMap((one, place) =>
    one.model === model && one.sameAs === undefined && one.prompt !== none ? [place] : [],
  );

/** A figure made of the scores of some members, such as their median. */
export type Figure = (scoreOf: (place: number) => number) => number;

/** Makes the draws of a difference of two figures, of which each resample has its own; with the degrees of freedom of a pair. */
export function figureDraws(
  { members, deviations = [] }: Scope,
  [base, candidate]: readonly [Figure, Figure],
  like: Draws,
): Draws {
  const of = (figure: Figure, r?: number): number =>
    figure((place) => members[place].score + (r === undefined ? 0 : deviations[place][r]));
  const scores = { base: of(base), candidate: of(candidate) };
  const difference = scores.candidate - scores.base;
  const resampled = Float64Array.from(like.draws, (_, r) => of(candidate, r) - of(base, r));
  const centre = mean(resampled);
  const draws = resampled.map((value) => difference + value - centre);
  return { ...like, ...scores, difference, draws };
}

/** Summarizes draws as a difference. */
export function differenceOf(draws: Draws): Difference {
  const { base, candidate, difference } = draws;
  return { base, candidate, difference, ...summarize(draws) };
}

/** Summarizes the difference of two members. As in a comparison, it is that of the scores as they are stored. */
export function memberDifference({ members, difference: drawsOf }: Scope, one: number, other: number): Difference {
  const [base, candidate] = [members[one].score, members[other].score];
  return { base, candidate, difference: candidate - base, ...summarize(drawsOf(one, other)) };
}

/** Finds the greatest of some numbers' place among them. */
export const greatest = (values: readonly number[]): number =>
  values.reduce((best, value, i) => (value > values[best] ? i : best), 0);

/** Tells how lucky the best of some prompts is, and how wide their spread would be by chance. */
function byChance(
  { members, deviations }: Scope,
  choices: readonly number[],
  width: number,
): { readonly luck: Luck; readonly spread: Omit<Spread, "width"> } | undefined {
  if (deviations === undefined || choices.length < 2) return undefined;
  const resamples = deviations[0].length;
  let [ofChoosing, best, wide, asWide] = [0, 0, 0, 0];
  for (let r = 0; r < resamples; r++) {
    const own = choices.map((place) => deviations[place][r]);
    const centre = mean(own);
    const chosen = greatest(choices.map((place, i) => members[place].score + own[i]));
    ofChoosing += (own[chosen] - centre) / resamples;
    best += (Math.max(...own) - centre) / resamples;
    const chance = Math.max(...own) - Math.min(...own);
    wide += chance / resamples;
    if (chance >= width) asWide += 1;
  }
  return {
    luck: { ofChoosing, ifEqual: best },
    spread: { ifEqual: wide, pValue: (1 + asWide) / (1 + resamples) },
  };
}

/** Judges a model's prompts on a task, or in the mean of tasks; undefined where the score of one is missing. */
export function sensitivityOf(scope: Scope, model: number): Sensitivity | undefined {
  const { members } = scope;
  const own = range(members.length).filter((place) => members[place].model === model);
  const base = placeOf(scope, model, published);
  const choices = choicesOf(scope, model);
  if (own.some((place) => Number.isNaN(members[place].score))) return undefined;
  const held = own.filter((place) => members[place].sameAs === undefined && place !== base);
  const judged = judge(
    held.map((place) => ({ place, ...memberDifference(scope, base, place) })),
    statistics,
  );
  const rows = own.map((place): PromptRow => {
    const { model: _, ...row } = members[place];
    const change = judged.find((one) => one.place === place);
    if (change === undefined) return row;
    const { place: _place, ...rest } = change;
    return { ...row, change: rest };
  });
  const scores = choices.map((place) => members[place].score);
  const [best, worst] = [greatest(scores), greatest(scores.map((score) => -score))];
  const width = scores[best] - scores[worst];
  const chance = byChance(scope, choices, width);
  const median: Figure = (scoreOf) => medianOf(choices.map(scoreOf));
  const like = scope.difference(base, choices.find((place) => place !== base) ?? base);
  return {
    ...{ model, rows, prompts: choices.length, median: medianOf(scores) },
    medianChange: differenceOf(figureDraws(scope, [(scoreOf) => scoreOf(base), median], like)),
    best: members[choices[best]].prompt,
    worst: members[choices[worst]].prompt,
    spread: { width, ...chance?.spread },
    ...(chance && { luck: chance.luck }),
  };
}
