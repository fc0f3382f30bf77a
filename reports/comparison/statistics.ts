import { compareSamples, defaultResamples } from "../../tasks/resampling/compare-samples.ts";
import { combine, summarize } from "../../tasks/resampling/draws.ts";
import { holm } from "../../tasks/resampling/holm.ts";
import { openStatistic } from "../../tasks/statistic.ts";

/** The statistics that a comparison is made with; tests put arithmetic by hand in their place. */
export const statistics = {
  open: openStatistic,
  compare: compareSamples,
  combine,
  summarize,
  holm,
  resamples: defaultResamples,
};

export type Statistics = Readonly<typeof statistics>;
