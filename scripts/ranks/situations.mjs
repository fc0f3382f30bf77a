/**
 * Made-up tables whose true order is known. A model's score on a task is its strength, what it is better or worse at in
 * tasks of that type, and chance. Its true rank is by the points that it earns on average, which follow from these.
 */
import { normalBelow } from "../calibration/chance.mjs";

const fill = (count, value) => Array.from({ length: count }, (_, i) => value(i));
const equal = () => 0;

/**
 * @typedef {object} Situation
 * @property {string} name
 * @property {number} models
 * @property {number} tasks
 * @property {(model: number) => number} strength In standard deviations of chance.
 * @property {(model: number) => number} [spread] Standard deviation of chance. Default: 1.
 * @property {number} [leaning] Standard deviation of what models are better at in each of seven types. Default: 0.
 * @property {number} [kinship] Correlation of chance in each three tasks that follow each other. Default: 0.
 * @property {"normal" | "skewed"} [shape] Of chance. Default: normal.
 * @property {true} [exact] All models are equal, so that the places of all hold in 95 % of the tables, no more.
 * @property {true} [outside] The tasks are not drawn one by one, which the method takes them to be.
 */

/** @type {readonly Situation[]} */
export const situations = [
  { name: "all equal", models: 5, tasks: 6, strength: equal },
  { name: "all equal", models: 5, tasks: 9, strength: equal, exact: true },
  { name: "all equal", models: 5, tasks: 41, strength: equal, exact: true },
  { name: "all equal", models: 17, tasks: 9, strength: equal, exact: true },
  { name: "all equal", models: 17, tasks: 41, strength: equal, exact: true },
  { name: "all equal", models: 5, tasks: 131, strength: equal, exact: true },
  { name: "all equal, chance is skewed", models: 17, tasks: 41, strength: equal, exact: true, shape: "skewed" },
  {
    name: "all equal, chance differs tenfold",
    models: 17,
    tasks: 41,
    strength: equal,
    exact: true,
    spread: (i) => 0.3 * 10 ** (i / 16),
  },
  { name: "pairs of equals, a step apart", models: 16, tasks: 41, strength: (i) => -0.5 * Math.floor(i / 2) },
  { name: "twelve equal, five far behind", models: 17, tasks: 41, strength: (i) => (i < 12 ? 0 : -(i - 11)) },
  { name: "near ties: steps of 0.05", models: 17, tasks: 41, strength: (i) => -0.05 * i },
  { name: "near ties: steps of 0.2", models: 17, tasks: 41, strength: (i) => -0.2 * i },
  { name: "near ties: steps of 0.2", models: 5, tasks: 9, strength: (i) => -0.2 * i },
  { name: "well separated: steps of 1", models: 17, tasks: 41, strength: (i) => -i },
  { name: "all equal, each better at some types", models: 14, tasks: 42, strength: equal, leaning: 0.66 },
  {
    ...{ name: "the same, three kindred tasks each", models: 14, tasks: 42 },
    ...{ strength: equal, leaning: 0.66, kinship: 0.2 },
  },
  { name: "all equal, three kindred tasks each", models: 17, tasks: 42, strength: equal, kinship: 0.3, outside: true },
];

/** What a model is better at, of seven types: mean 0, standard deviation 1. */
const leanings = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];
const types = leanings.length;

/** Returns what models are better at by type, [models][types]: each the same list, turned by one, so that none gains. */
const leaningsOf = ({ models, leaning = 0 }) =>
  fill(models, (model) => fill(types, (type) => leaning * leanings[(type + model) % types]));

/** Computes the points that each model earns on a task, on average over the types. */
function expectedPoints({ models, strength, spread = () => 1 }, leaning) {
  const at = (model, type) => strength(model) + leaning[model][type];
  const beats = (one, other, type) =>
    normalBelow((at(one, type) - at(other, type)) / Math.hypot(spread(one), spread(other)));
  return fill(
    models,
    (one) =>
      fill(models, (other) =>
        one === other ? 0 : fill(types, (type) => beats(one, other, type)).reduce((a, b) => a + b),
      ).reduce((a, b) => a + b) / types,
  );
}

/** Difference of points below which models are equal. */
const same = 1e-7;

/**
 * Makes what is true of a situation: the first and last place of each model, which differ where models are equal.
 * `drawTable` draws scores, [models][tasks].
 */
export function makeWorld(situation) {
  const { models, tasks, strength, spread = () => 1, kinship = 0, shape = "normal" } = situation;
  const leaning = leaningsOf(situation);
  const points = expectedPoints(situation, leaning);
  const places = points.map((own) => ({
    low: 1 + points.filter((other) => other > own + same).length,
    high: models - points.filter((other) => other < own - same).length,
  }));
  const drawTable = ({ normal, uniform }) => {
    const noise = shape === "normal" ? normal : () => -1 - Math.log(1 - uniform());
    return fill(models, (model) => {
      let shared = 0;
      return fill(tasks, (task) => {
        if (task % 3 === 0) shared = normal();
        const own = kinship === 0 ? noise() : Math.sqrt(kinship) * shared + Math.sqrt(1 - kinship) * noise();
        return strength(model) + leaning[model][Math.floor((task * types) / tasks)] + spread(model) * own;
      });
    });
  };
  return { places, drawTable };
}
