import { built } from "../prepare.mjs";

const { fitRidge } = await built("reports/prediction/ridge.js");
const { workShares } = await built("reports/prediction/work-shares.js");
const { requiredOf } = await built("reports/required.js");

/** A task that takes more of the work of its benchmark is not chosen. */
const mostShare = 0.05;

/** Returns the indexes of the tasks that may be chosen. */
export function cheapTasks({ benchmark, tasks }) {
  const shares = workShares(benchmark);
  return tasks.flatMap((name, i) => ((shares.get(name) ?? 1) <= mostShare ? [i] : []));
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Returns the means of a row of scores that are predicted: over the tasks, over the types of these, and of each type. */
function meansOf(scores, types) {
  const ofTypes = [...new Set(types)].map((type) => mean(scores.filter((_, i) => types[i] === type)));
  return [mean(scores), mean(ofTypes), ...ofTypes];
}

/** Returns what is chosen for and fitted: scores [models][tasks], targets [models][means], families of models' indexes. */
export function problemOf({ benchmark, models, families }) {
  const types = requiredOf(benchmark).map(({ type }) => type);
  const scores = models.map((one) => one.scores);
  return { scores, targets: scores.map((row) => meansOf(row, types)), families };
}

/** Leaves models out of a problem, by their indexes. */
export function without({ scores, targets, families }, left) {
  const kept = scores.flatMap((_, i) => (left.includes(i) ? [] : [i]));
  return {
    scores: kept.map((i) => scores[i]),
    targets: kept.map((i) => targets[i]),
    families: families
      .map((own) => own.flatMap((i) => (left.includes(i) ? [] : [kept.indexOf(i)])))
      .filter((own) => own.length > 0),
  };
}

/** Returns some of the values of a row. */
export const pick = (row, places) => places.map((place) => row[place]);

/**
 * Chooses tasks one after the other: each is the one with which the mean over tasks is predicted best of models whose family
 * is left out.
 *
 * @param allowed Indexes of the tasks that may be chosen.
 */
export function chooseTasks({ scores, targets, families }, allowed, most) {
  const goal = targets.map(([task]) => [task]);
  const chosen = [];
  while (chosen.length < Math.min(most, allowed.length)) {
    const left = allowed.filter((task) => !chosen.includes(task));
    const errors = left.map((task) => {
      const features = scores.map((row) => pick(row, [...chosen, task]));
      return mean(fitRidge(features, goal, families).errors.map(([error]) => Math.abs(error)));
    });
    chosen.push(left[errors.indexOf(Math.min(...errors))]);
  }
  return chosen;
}
