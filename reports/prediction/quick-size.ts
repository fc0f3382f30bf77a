import type { NumberSetting } from "../../runners/setting.ts";

/** Fewest tasks that something is predicted from. */
export const fewestQuick = 3;
/** Most tasks that are chosen of a benchmark: more of them take longer and say little more. */
export const mostQuick = 12;
/** How many are run where no number is given. */
export const standardQuick = 8;

/** The numbers of tasks that can be asked for. */
export const quickSize: NumberSetting = {
  kind: "number",
  expected: `a whole number of tasks, ${fewestQuick} to ${mostQuick}`,
  fits: (value) => Number.isInteger(value) && value >= fewestQuick && value <= mostQuick,
};
