import { built } from "../prepare.mjs";
import { generator } from "../random.mjs";
import { cheapTasks, chooseTasks, pick, problemOf, without } from "./choose.mjs";

const { upperQuantile } = await built("reports/prediction/predict.js");
const { readBaselines } = await built("reports/baselines.js");
const { fitRidge, predictRow } = await built("reports/prediction/ridge.js");
const { standardQuick: usual, fewestQuick: least, mostQuick: most } = await built("reports/prediction/quick-size.js");

export { least, most, usual };

/**
 * Predicts what is left out from some tasks of the others.
 *
 * @param train The others.
 * @param fold Indexes of the models of the whole problem that are left out together.
 * @returns For each of them: what each mean is off by, [means], half the width of its interval, and whether the model is told to
 *   be unlike the others.
 */
function predictFrom(problem, train, fold, tasks) {
  const fit = fitRidge(
    train.scores.map((row) => pick(row, tasks)),
    train.targets,
    train.families,
  );
  const halves = problem.targets[0].map((_, i) =>
    upperQuantile(fit.errors.map((errors, row) => Math.abs(errors[i]) / fit.spreads[row])),
  );
  const known = train.targets.map(([task]) => task);
  return fold.map((model) => {
    const { values, spread } = predictRow(fit, pick(problem.scores[model], tasks));
    const off = values.map((value, i) => Math.abs(value - problem.targets[model][i]));
    const isWithin = values[0] >= Math.min(...known) && values[0] <= Math.max(...known);
    const isUnlike = !isWithin || spread > Math.max(...fit.spreads);
    return { count: tasks.length, model, off, half: halves.map((half) => half * spread), isUnlike };
  });
}

/** Predicts what is left out from the others, the choice of tasks made of these alone, for each number of tasks. */
function predictFold(problem, allowed, fold) {
  const train = without(problem, fold);
  const order = chooseTasks(train, allowed, most);
  const counts = order.map((_, i) => i + 1).filter((count) => count >= least);
  return counts.flatMap((count) => predictFrom(problem, train, fold, order.slice(0, count)));
}

const rounded = (value) => Math.round(value * 1000) / 1000;
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Says how good predictions of the first mean are. */
export const outcomeOf = (predictions, place = 0) => ({
  off: rounded(mean(predictions.map(({ off }) => off[place]))),
  held: rounded(mean(predictions.map(({ off, half }) => (off[place] <= half[place] ? 1 : 0)))),
});

const published = new Set((await readBaselines()).models.flatMap(({ model, scores }) => (scores ? [model] : [])));

/**
 * Leaves out each model, and each family, of a table.
 * @returns The trials of the file, and, of single models left out with the usual number of tasks, outcomes by what is predicted;
 *   for each number of tasks that of Mean (Task) for the models of the published table.
 */
export function tryOut(table) {
  const problem = problemOf(table);
  const allowed = cheapTasks(table);
  const byModel = table.models.flatMap((_, i) => predictFold(problem, allowed, [i]));
  const byFamily = table.families.flatMap((fold) => predictFold(problem, allowed, fold));
  const counts = [...new Set(byModel.map(({ count }) => count))];
  const ofCount = (predictions, tasks) => predictions.filter(({ count }) => count === tasks);
  const trials = counts.map((tasks) => ({
    tasks,
    oneLeftOut: outcomeOf(ofCount(byModel, tasks)),
    familyLeftOut: outcomeOf(ofCount(byFamily, tasks)),
  }));
  const known = byModel.filter(({ model }) => published.has(table.models[model].model));
  return {
    trials,
    byMean: problem.targets[0].map((_, place) => outcomeOf(ofCount(byModel, usual), place)),
    ofPublished: known.length === 0 ? [] : counts.map((tasks) => ({ tasks, ...outcomeOf(ofCount(known, tasks)) })),
  };
}

/** Leaves out each model, and predicts it from tasks that are drawn, as somebody's stored results may be of any. */
export function tryDrawn(table, count, draws = 5) {
  const problem = problemOf(table);
  const random = generator(count);
  const predictions = Array.from({ length: draws }, () => {
    const keys = table.tasks.map(() => random());
    const tasks = keys
      .map((_, i) => i)
      .sort((a, b) => keys[a] - keys[b])
      .slice(0, count);
    return problem.scores.flatMap((_, model) => predictFrom(problem, without(problem, [model]), [model], tasks));
  });
  return outcomeOf(predictions.flat());
}

/** Least number of parameters, in billions, that a name tells of a large model. */
const large = 1.5;
const billionsIn = (name) => Number(/(\d+(?:\.\d+)?)b\b/i.exec(name)?.[1] ?? 0);

/** Leaves out groups of models that are unlike the others; says how good the predictions of their first mean are. */
export function tryUnlike(table) {
  const problem = problemOf(table);
  const order = problem.targets.map(([task], i) => [task, i]).sort(([a], [b]) => a - b);
  const tenth = Math.round(order.length / 10);
  const groups = {
    "the weakest tenth": order.slice(0, tenth).map(([, i]) => i),
    "the strongest tenth": order.slice(-tenth).map(([, i]) => i),
    [`names of ${large}B and more`]: table.models.flatMap(({ model }, i) => (billionsIn(model) >= large ? [i] : [])),
  };
  return Object.entries(groups).map(([group, fold]) => {
    const predictions = predictFold(problem, cheapTasks(table), fold).filter(({ count }) => count === usual);
    const told = predictions.filter(({ isUnlike }) => isUnlike).length;
    return { group, models: fold.length, ...outcomeOf(predictions), told };
  });
}
