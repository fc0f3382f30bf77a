/** Tables as they were before the steps that prepare them: the inverse of each step, from the last to the first. */

const rowsOf = (table) => Object.values(table)[0].length;
const mapTable = (table, of) =>
  Object.fromEntries(Object.entries(table).map(([name, values]) => [name, of(values, name)]));
const take = (table, rows) => mapTable(table, (values) => rows.map((row) => values[row]));
const join = (tables) => mapTable(tables[0], (_, name) => tables.flatMap((table) => table[name]));
const every = (splits, change) => mapTable(splits, change);
const without = (splits, name) => Object.fromEntries(Object.entries(splits).filter(([split]) => split !== name));

/** Cuts a list into parts of about one length. */
const cut = (list, parts) =>
  Array.from({ length: parts }, (_, part) =>
    list.slice(Math.floor((part * list.length) / parts), Math.floor(((part + 1) * list.length) / parts)),
  );
const numbers = (length) => Array.from({ length }, (_, i) => i);

/** The first whole number that is none of those listed: classes are numbered from 0 without a gap. */
const another = (values) => numbers(values.length + 1).find((number) => !values.includes(number));

const inverses = {
  rename: ({ columns }, splits) =>
    every(splits, (table) => {
      const before = new Map(Object.entries(columns).map(([from, to]) => [to, from]));
      return Object.fromEntries(Object.entries(table).map(([name, values]) => [before.get(name) ?? name, values]));
    }),
  flatten: ({ columns }, splits) =>
    every(splits, (table) => Object.fromEntries(columns.map((name) => [name, cut(table[name], 3)]))),
  splitLabel: ({ column, separator }, splits) =>
    every(splits, (table) => ({ ...table, [column]: table[column].map((path) => path.join(separator)) })),
  // Names whose order is another one than that of the numbers.
  encodeLabels: ({ column }, splits) =>
    every(splits, (table) => ({
      ...table,
      [column]: table[column].map((label) => `kind ${"dacbhgfe"[label] ?? label}`),
    })),
  mapValues: ({ column, values, into = column }, splits) =>
    every(splits, (table) => {
      const { [into]: mapped, ...others } = table;
      return { ...others, [column]: mapped.map((value) => values.find(([, to]) => to === value)[0]) };
    }),
  keepRows: ({ column, values }, splits) =>
    every(splits, (table) => {
      const rows = numbers(rowsOf(table)).flatMap((row) => (row % 4 === 0 ? [row, row] : [row]));
      const more = take(table, rows);
      return {
        ...more,
        [column]: more[column].map((value, i) => (rows[i] === rows[i - 1] ? another(values) : value)),
      };
    }),
  useSplit: ({ split, as }, splits) => ({ ...without(splits, as), [split]: splits[as] }),
  mergeSplits: ({ from, into }, splits) => {
    const parts = cut(numbers(rowsOf(splits[into])), from.length);
    return { ...splits, ...Object.fromEntries(from.map((name, i) => [name, take(splits[into], parts[i])])) };
  },
  resplit: ({ from, stratifyBy }, { train, test, ...others }) => {
    const all = join([train, test]);
    const strata = all[stratifyBy] ?? numbers(rowsOf(all)).map((row) => row % 5);
    return { ...others, [from]: { ...all, [stratifyBy]: strata } };
  },
  // Classes of made-up rows have several each.
  dropRareLabels: (_, splits) => splits,
  // What is drawn is drawn from more rows, which `leastRows` asks for.
  head: (_, splits) => splits,
  sample: (_, splits) => splits,
  stratifiedSample: (_, splits) => splits,
};

/**
 * Returns the splits of a subset, tables by name, as they were before the steps. Throws for a step that has no inverse
 * here.
 */
export function beforeSteps(steps, splits) {
  return steps.reduceRight((after, step) => {
    if (inverses[step.step] === undefined) throw new Error(`there is no inverse of the step ${step.step}`);
    return inverses[step.step](step, after);
  }, splits);
}

/**
 * Returns the number of rows that a split needs for its steps to draw from.
 * @param isFirst whether the subset is the task's first one, of which steps leave rows out that keep smaller splits whole
 */
export function leastRows(steps, split, isFirst) {
  const needs = steps.map((step) => {
    if (step.step === "sample" && step.splits.includes(split)) return step.rows + 60;
    if (step.step === "stratifiedSample" && step.splits.includes(split) && isFirst) return step.rows + 60;
    if (step.step === "head" && isFirst) return step.rows + 20;
    if (step.step === "resplit") return (split === "train" ? step.trainRows : step.testRows) + 20;
    return 0;
  });
  return Math.max(0, ...needs);
}
