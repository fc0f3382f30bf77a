import { published } from "../../runners/prompts/try.ts";
import type { JudgedDifference } from "../comparison/comparison.ts";
import { statistics } from "../comparison/statistics.ts";
import { judge } from "../comparison/verdicts.ts";
import type { Scope } from "./scope.ts";
import {
  choicesOf,
  differenceOf,
  type Figure,
  figureDraws,
  medianOf,
  memberDifference,
  placeOf,
} from "./sensitivity.ts";

/** Two models under one choice of a prompt: `base` and `candidate` are the scores of the first and the second. */
export interface OrderRow extends JudgedDifference {
  /** A prompt's name, or what is taken of each model: its own prompt, none, the median, the best. */
  readonly choice: string;
}

/** Whether the order of two models hangs on the prompt. */
export type OrderVerdict = "holds" | "turns" | "may turn";

/** The order of two models, by their places. */
export interface Order {
  readonly models: readonly [number, number];
  readonly rows: readonly OrderRow[];
  /** `holds`: one is ahead under every choice. `turns`: each is clearly ahead under some. `may turn`: what lies between. */
  readonly verdict: OrderVerdict;
}

/** Tells whether the order of two models hangs on the prompt; undefined where a score is missing. */
export function orderOf(scope: Scope, models: readonly [number, number]): Order | undefined {
  const [first, second] = models;
  const { members } = scope;
  if (members.some(({ model, score }) => models.includes(model) && Number.isNaN(score))) return undefined;
  const under = (choice: string) => [placeOf(scope, first, choice), placeOf(scope, second, choice)] as const;
  // What is none to both, say, is the same as their own prompts where these are none.
  const pairs = new Map(members.map(({ prompt }) => [String(under(prompt)), prompt] as const).reverse());
  const prompts = [...pairs.values()].reverse();
  const like = scope.difference(...under(published));
  const figured = (choice: string, figureOf: (places: readonly number[]) => Figure) => {
    const figures = [figureOf(choicesOf(scope, first)), figureOf(choicesOf(scope, second))] as const;
    return { choice, ...differenceOf(figureDraws(scope, figures, like)) };
  };
  const rows = [
    ...prompts.map((choice) => ({ choice, ...memberDifference(scope, ...under(choice)) })),
    figured("median", (places) => (scoreOf) => medianOf(places.map(scoreOf))),
    figured("best", (places) => (scoreOf) => Math.max(...places.map(scoreOf))),
  ];
  const judged = judge(rows, statistics);
  return { models, rows: judged, verdict: verdictOn(judged) };
}

function verdictOn(rows: readonly OrderRow[]): OrderVerdict {
  const signs = new Set(rows.map(({ difference }) => Math.sign(difference)));
  if (signs.size === 1 && !signs.has(0)) return "holds";
  const clear = new Set(rows.map(({ verdict }) => verdict));
  return clear.has("better") && clear.has("worse") ? "turns" : "may turn";
}
