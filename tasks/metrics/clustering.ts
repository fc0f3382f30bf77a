/** Documents of each class in each cluster: the cells that hold some, by class and then by cluster. */
export interface ContingencyTable {
  /** Of each cell: documents, class and cluster, [cells]. */
  readonly counts: Float64Array;
  readonly classOf: Int32Array;
  readonly clusterOf: Int32Array;
  readonly classes: number;
  readonly clusters: number;
}

/**
 * Counts the documents of each class in each cluster. `truth` and `found` are whole numbers from 0, of one length;
 * numbers that do not occur make empty classes and clusters, which no measure sees.
 */
export function contingencyTable(truth: ArrayLike<number>, found: ArrayLike<number>): ContingencyTable {
  if (truth.length !== found.length) {
    throw new RangeError(`contingencyTable: ${truth.length} classes against ${found.length} clusters`);
  }
  const classes = largest(truth) + 1;
  const clusters = largest(found) + 1;
  const cells = Float64Array.from(truth, (one, i) => one * clusters + found[i]).sort();
  const keys = cells.filter((cell, i) => i === 0 || cell !== cells[i - 1]);
  const counts = new Float64Array(keys.length);
  for (let i = 0, key = 0; i < cells.length; i++) {
    if (cells[i] !== keys[key]) key++;
    counts[key]++;
  }
  return {
    counts,
    classOf: Int32Array.from(keys, (cell) => Math.floor(cell / clusters)),
    clusterOf: Int32Array.from(keys, (cell) => cell % clusters),
    classes,
    clusters,
  };
}

function largest(values: ArrayLike<number>): number {
  let most = -1;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}

/** Numbers of documents. */
interface Margins {
  readonly classSizes: Float64Array;
  readonly clusterSizes: Float64Array;
  readonly total: number;
}

function marginsOf({ counts, classOf, clusterOf, classes, clusters }: ContingencyTable): Margins {
  const classSizes = new Float64Array(classes);
  const clusterSizes = new Float64Array(clusters);
  let total = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    classSizes[classOf[cell]] += counts[cell];
    clusterSizes[clusterOf[cell]] += counts[cell];
    total += counts[cell];
  }
  return { classSizes, clusterSizes, total };
}

/** Counts the groups that hold something. */
export function occupied(sizes: Float64Array): number {
  let groups = 0;
  for (let i = 0; i < sizes.length; i++) if (sizes[i] > 0) groups++;
  return groups;
}

/** Computes a partition's entropy in nats from its groups' sizes: 0 for a single group, however its sum is rounded. */
function entropy(sizes: Float64Array, total: number): number {
  if (occupied(sizes) <= 1) return 0;
  let sum = 0;
  for (const size of sizes) if (size > 0) sum += (size / total) * (Math.log(size) - Math.log(total));
  return -sum;
}

/** Computes the mutual information in nats, at least 0. Source: scikit-learn 1.9 `mutual_info_score`. */
function mutualInformation({ counts, classOf, clusterOf }: ContingencyTable, margins: Margins): number {
  const { classSizes, clusterSizes, total } = margins;
  if (occupied(classSizes) <= 1 || occupied(clusterSizes) <= 1) return 0;
  const logTotal = Math.log(total);
  let sum = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    const count = counts[cell];
    const logOuter = 2 * logTotal - Math.log(classSizes[classOf[cell]] * clusterSizes[clusterOf[cell]]);
    const term = (count / total) * (Math.log(count) - logTotal) + (count / total) * logOuter;
    if (Math.abs(term) >= Number.EPSILON) sum += term;
  }
  return Math.max(0, sum);
}

/**
 * Returns the share of the classes' entropy that the clusters explain: 1 where each cluster holds documents of one
 * class only, and where there is only one class. 0 … 1, higher is better. Source: Rosenberg and Hirschberg,
 * "V-Measure", EMNLP 2007; scikit-learn 1.9 `homogeneity_score`.
 */
export function homogeneity(table: ContingencyTable): number {
  const margins = marginsOf(table);
  const classEntropy = entropy(margins.classSizes, margins.total);
  return classEntropy === 0 ? 1 : mutualInformation(table, margins) / classEntropy;
}

/**
 * Returns the share of the clusters' entropy that the classes explain: 1 where all documents of a class lie in one
 * cluster, and where there is only one cluster. 0 … 1, higher is better. Source: as of homogeneity;
 * `completeness_score`.
 */
export function completeness(table: ContingencyTable): number {
  const margins = marginsOf(table);
  const clusterEntropy = entropy(margins.clusterSizes, margins.total);
  return clusterEntropy === 0 ? 1 : mutualInformation(table, margins) / clusterEntropy;
}

/**
 * Returns the harmonic mean of homogeneity and completeness, 0 where both are. 0 … 1, higher is better; 1 for no
 * documents. It is the same with classes and clusters exchanged. Source: as of homogeneity; `v_measure_score`.
 */
export function vMeasure(table: ContingencyTable): number {
  const [h, c] = [homogeneity(table), completeness(table)];
  return h + c === 0 ? 0 : (2 * h * c) / (h + c);
}

/** Returns ln 0! … ln n!, [n + 1], summed with the error of each addition carried on. */
function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  let sum = 0;
  let lost = 0;
  for (let i = 2; i <= n; i++) {
    const term = Math.log(i) - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
    logs[i] = sum;
  }
  return logs;
}

/** Share of the largest term below which others no longer change a sum in float64. */
const negligible = 1e-20;

/**
 * Computes how much two groups of `a` and `b` of `total` documents add to the mutual information on average, if they
 * are drawn independently: Σ n/total · ln(total · n / (a · b)) · P(n), where the overlap n is hypergeometric. The sum
 * starts at the likeliest overlap and goes both ways, each probability from its neighbour's, until they no longer
 * count. `logs` holds the logarithms of factorials.
 */
function expectedTerm(a: number, b: number, total: number, logs: Float64Array): number {
  const rest = total - a - b;
  const least = Math.max(1, -rest);
  const most = Math.min(a, b);
  const start = Math.min(most, Math.max(least, Math.floor(((a + 1) * (b + 1)) / (total + 2))));
  const waysOfMargins = logs[a] + logs[b] + logs[total - a] + logs[total - b];
  const waysOfCells = logs[start] + logs[a - start] + logs[b - start] + logs[rest + start];
  const highest = Math.exp(waysOfMargins - waysOfCells - logs[total]);
  const scale = Math.log(total) - Math.log(a) - Math.log(b);
  let sum = 0;
  let probability = highest;
  for (let n = start; n <= most && probability > highest * negligible; n++) {
    sum += n * (Math.log(n) + scale) * probability;
    probability *= ((a - n) * (b - n)) / ((n + 1) * (rest + n + 1));
  }
  probability = highest;
  for (let n = start - 1; n >= least && probability > highest * negligible; n--) {
    probability *= ((n + 1) * (rest + n + 1)) / ((a - n) * (b - n));
    sum += n * (Math.log(n) + scale) * probability;
  }
  return sum / total;
}

/** Adds the terms of all pairs of a class and a cluster, each pair of sizes computed once: most sizes occur often. */
function expectedMutualInformation({ classSizes, clusterSizes, total }: Margins): number {
  const logs = logFactorials(total);
  const sizes = [...new Set(clusterSizes)].filter((size) => size > 0);
  const numbers = new Map(sizes.map((size, number) => [size, number]));
  const numberOf = Int32Array.from(
    clusterSizes.filter((size) => size > 0),
    (size) => numbers.get(size) as number,
  );
  const termsOf = new Map<number, Float64Array>();
  let sum = 0;
  for (const a of classSizes) {
    if (a === 0) continue;
    const terms = termsOf.get(a) ?? Float64Array.from(sizes, (b) => expectedTerm(a, b, total, logs));
    termsOf.set(a, terms);
    for (const number of numberOf) sum += terms[number];
  }
  return sum;
}

/** Returns the value, or the smallest one of its sign that a division bears. */
function awayFromZero(value: number): number {
  return value < 0 ? Math.min(value, -Number.EPSILON) : Math.max(value, Number.EPSILON);
}

/**
 * Returns the mutual information beyond that of random partitions of these sizes, as a share of what is possible: the
 * arithmetic mean of both entropies. At most 1, about 0 for independent partitions, higher is better. 1 where there is
 * one class and one cluster, or no document; 0 where only one of the two is a single group. Source: Vinh, Epps and
 * Bailey, JMLR 11 (2010); scikit-learn 1.9 `adjusted_mutual_info_score`.
 */
export function adjustedMutualInformation(table: ContingencyTable): number {
  const margins = marginsOf(table);
  const { classSizes, clusterSizes, total } = margins;
  const [classes, clusters] = [occupied(classSizes), occupied(clusterSizes)];
  if (classes <= 1 && clusters <= 1) return 1;
  if (classes === 1 || clusters === 1) return 0;
  const expected = expectedMutualInformation(margins);
  const possible = (entropy(classSizes, total) + entropy(clusterSizes, total)) / 2;
  return awayFromZero(mutualInformation(table, margins) - expected) / awayFromZero(possible - expected);
}
