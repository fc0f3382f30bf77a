import { createGraph } from "../graph/builder.ts";
import type { HeldForGreatest, HeldMatrix, Kernels, Reached } from "../kernels.ts";
import { copyRows, joined, type Matrix } from "../matrix.ts";
import { type Closable, closeAll, openAll } from "./open-all.ts";
import { processor } from "./providers/cpu.ts";
import { type HeldTensor, type LentFeeds, openSession, type Session, type TensorData } from "./session.ts";

/** Multiplications below which a product is not worth dividing among threads. */
const dividedFrom = 2 ** 25;
/** Most values of operands that are kept to be used again: 64 MiB. */
const mostKept = 2 ** 24;

/** A thread with its session, the number of products that wait for it, and the memory that all threads share. */
interface Worker {
  readonly session: Session;
  readonly memory: Memory;
  waiting: number;
}

/**
 * Gives kernels on ONNX Runtime: `threads` sessions of one thread each, opened when they are first needed. Products that
 * are asked for at the same time run side by side; a large one is divided by the rows of `a` among the threads that have
 * nothing to do. What is asked for is taken as it is when the sessions are open.
 */
export async function openKernels({ threads }: { readonly threads: number }): Promise<Kernels & Closable> {
  const multipliers = openLater(writeProduct, threads);
  const reducers = openLater(writeGreatest, threads);
  return {
    product: async (a, b, rows) =>
      multiply(
        await multipliers.workers(),
        rows === undefined ? wholeOf(a) : chosenOf(a, rows),
        b.rows,
        ({ memory }) => {
          const data = memory.take(b.data.length);
          data.set(b.data);
          return { data, dims: [b.rows, b.dims] };
        },
      ),
    hold: async (b) => holdMatrix(await multipliers.workers(), b),
    holdForGreatest: async (b) => holdForGreatest(await reducers.workers(), b),
    close: () => closeAll([multipliers, reducers]),
  };
}

/** Returns what opens workers when they are first asked for, and closes them if they are open. */
function openLater(
  write: () => Promise<Uint8Array>,
  threads: number,
): Closable & { readonly workers: () => Promise<readonly Worker[]> } {
  let opening: Promise<readonly Worker[]> | undefined;
  return {
    workers: () => {
      opening ??= write().then((model) => openWorkers(model, threads));
      return opening;
    },
    close: async () => {
      const open = (await opening?.catch(() => [])) ?? [];
      await closeAll(open.map(({ session }) => session));
    },
  };
}

async function openWorkers(model: Uint8Array, threads: number): Promise<readonly Worker[]> {
  const sessions = Array.from({ length: threads }, () =>
    openSession({ model, threads: 1, executionProvider: processor }),
  );
  const memory = openMemory(mostKept);
  return (await openAll(sessions)).map((session) => ({ session, memory, waiting: 0 }));
}

/** Writes the graph of a · bᵀ. */
async function writeProduct(): Promise<Uint8Array> {
  const graph = createGraph();
  const a = graph.input("a", "float", ["rows", "dims"]);
  const b = graph.input("b", "float", ["columns", "dims"]);
  graph.output(graph.op("FusedMatMul", [a, b], { transB: 1 }), "product", ["rows", "columns"]);
  return (await graph.serialize()).model;
}

/** Writes the graph of the greatest products, of a [groups, rows, dims]. */
async function writeGreatest(): Promise<Uint8Array> {
  const graph = createGraph();
  const a = graph.input("a", "float", ["groups", "rows", "dims"]);
  const b = graph.input("b", "float", ["columns", "dims"]);
  const product = graph.op("FusedMatMul", [a, b], { transB: 1 });
  const greatest = graph.op("ReduceMax", [product, graph.integers([1])], { keepdims: 0 });
  graph.output(greatest, "product", ["groups", "columns"]);
  return (await graph.serialize()).model;
}

/** Keeps `b` in each thread that a product with it reaches, from the first one on. */
function holdForGreatest(workers: readonly Worker[], b: Matrix): HeldForGreatest {
  const { heldBy, release } = holdIn(b);
  return {
    greatest: async (a, group) => {
      const [rows, dims] = [a.rows / group, b.rows];
      if (rows === 0 || dims === 0) return { data: new Float32Array(), rows, dims };
      const piece = { start: 0, end: a.rows, group, shape: [rows, dims] } as const;
      return { data: await runOn(leastBusy(workers), wholeOf(a), piece, heldBy), rows, dims };
    },
    release,
  };
}

/** Keeps `b` in each thread that a product with it reaches, from the first one on. */
function holdMatrix(workers: readonly Worker[], b: Matrix): HeldMatrix {
  const { heldBy, release } = holdIn(b);
  return {
    product: (a) => multiply(workers, wholeOf(a), b.rows, heldBy),
    reaching: (a, least) => reachIn(workers, wholeOf(a), least, heldBy),
    release,
  };
}

/** Returns what keeps a matrix in a thread, and what lets it go in all of them. */
function holdIn(b: Matrix): { readonly heldBy: (worker: Worker) => HeldTensor; readonly release: () => void } {
  const tensors = new Map<Worker, HeldTensor>();
  const heldBy = (worker: Worker): HeldTensor => {
    const tensor = tensors.get(worker) ?? worker.session.hold({ data: b.data.slice(), dims: [b.rows, b.dims] });
    tensors.set(worker, tensor);
    return tensor;
  };
  return {
    heldBy,
    release: () => {
      for (const [{ session }, tensor] of tensors) session.release(tensor);
      tensors.clear();
    },
  };
}

/** The second factor as a worker's session is given it. */
type Operand = (worker: Worker) => TensorData | HeldTensor;

/** The first factor of a product: the size of its rows, and what copies those from `start` to before `end`. */
interface Factor extends Omit<Matrix, "data"> {
  readonly copy: (out: Float32Array, start: number, end: number) => void;
}

const wholeOf = ({ data, rows, dims }: Matrix): Factor => ({
  rows,
  dims,
  copy: (out, start, end) => out.set(data.subarray(start * dims, end * dims)),
});

const chosenOf = (matrix: Matrix, rows: Int32Array): Factor => ({
  rows: rows.length,
  dims: matrix.dims,
  copy: (out, start, end) => copyRows(out, matrix, rows.subarray(start, end)),
});

async function multiply(workers: readonly Worker[], a: Factor, columns: number, operand: Operand): Promise<Matrix> {
  const product = { rows: a.rows, dims: columns };
  if (a.rows === 0 || columns === 0) return { data: new Float32Array(), ...product };
  const idle = workers.filter(({ waiting }) => waiting === 0).length;
  const parts = a.rows * columns * a.dims < dividedFrom ? 1 : Math.max(1, Math.min(idle, a.rows));
  const pieces = await Promise.all(
    Array.from({ length: parts }, (_, i) => {
      const [start, end] = [Math.floor((i * a.rows) / parts), Math.floor(((i + 1) * a.rows) / parts)];
      return runOn(leastBusy(workers), a, { start, end, shape: [end - start, columns] }, operand);
    }),
  );
  return { data: pieces.length === 1 ? pieces[0] : joined(pieces), ...product };
}

/** Gives what reaches `least` of a product with the held matrix, [least.length, a.rows]; a thread computes all of it. */
async function reachIn(workers: readonly Worker[], a: Factor, least: Float32Array, operand: Operand): Promise<Reached> {
  const nothing = { starts: new Int32Array(least.length + 1), columns: new Int32Array(), values: new Float32Array() };
  if (a.rows === 0 || least.length === 0) return nothing;
  const worker = leastBusy(workers);
  const wanted = { output: "product", columns: a.rows, least };
  const { feeds: _, ...reached } = await lendTo(worker, a, { start: 0, end: a.rows }, (b) =>
    worker.session.reach({ a: operand(worker), b }, wanted),
  );
  return reached;
}

/** Some rows of a product's first factor. */
interface Piece {
  readonly start: number;
  readonly end: number;
  /** Rows of a group, of which one number for each column is left; absent where each row stands for itself. */
  readonly group?: number;
  /** Of what comes out. */
  readonly shape: readonly [rows: number, columns: number];
}

/** Computes the product of some rows in a worker's session. */
async function runOn(worker: Worker, a: Factor, piece: Piece, operand: Operand): Promise<Float32Array> {
  const { output } = await lendTo(worker, a, piece, (rows) => {
    const product = { data: new Float32Array(piece.shape[0] * piece.shape[1]), dims: piece.shape };
    return worker.session.compute({ a: rows, b: operand(worker) }, { product });
  });
  return output["product"]?.data as Float32Array;
}

/** Lends some rows to a worker's session for a run, and keeps what comes back from it. */
async function lendTo<Answer extends LentFeeds>(
  worker: Worker,
  { dims, copy }: Factor,
  { start, end, group }: Pick<Piece, "start" | "end" | "group">,
  run: (rows: TensorData) => Promise<Answer>,
): Promise<Answer> {
  const { memory } = worker;
  worker.waiting++;
  try {
    const data = memory.take((end - start) * dims);
    copy(data, start, end);
    const answer = await run({
      data,
      dims: group === undefined ? [end - start, dims] : [(end - start) / group, group, dims],
    });
    for (const tensor of Object.values(answer.feeds)) if ("data" in tensor) memory.give(tensor.data as Float32Array);
    return answer;
  } finally {
    worker.waiting--;
  }
}

function leastBusy(workers: readonly Worker[]): Worker {
  return workers.reduce((best, worker) => (worker.waiting < best.waiting ? worker : best));
}

/** Memory that sessions have given back, for use again. */
interface Memory {
  /** Returns memory for so many values, which may hold anything. */
  take(values: number): Float32Array;
  give(memory: Float32Array): void;
}

/** Keeps memory of at most `most` values; what was given first is let go first. */
function openMemory(most: number): Memory {
  const kept: Float32Array[] = [];
  let values = 0;
  const remove = (place: number): Float32Array => {
    const [one] = kept.splice(place, 1);
    values -= one.length;
    return one;
  };
  return {
    take: (count) => {
      const place = kept.findIndex(({ length }) => length === count);
      return place < 0 ? new Float32Array(count) : remove(place);
    },
    give: (memory) => {
      kept.push(memory);
      values += memory.length;
      while (values > most) remove(0);
    },
  };
}
