import { compareSamples, defaultResamples } from "../../tasks/resampling/compare-samples.ts";
import { combine, summarize } from "../../tasks/resampling/draws.ts";
import { holm } from "../../tasks/resampling/holm.ts";
import { openStatistic } from "../../tasks/statistic.ts";

/** How sure a difference is: what a comparison is made with, and what tests put arithmetic by hand in place of. */
export const statistics = {
  open: openStatistic,
  compare: compareSamples,
  combine,
  summarize,
  holm,
  /** How many are drawn where nothing else is said. */
  resamples: defaultResamples,
} as const;

export type Statistics = Readonly<{
  [Key in keyof typeof statistics]: Key extends "resamples" ? number : (typeof statistics)[Key];
}>;
