import { createGraph } from "../graph/builder.ts";
import type { HeldForGreatest, HeldMatrix, Kernels } from "../kernels.ts";
import { joined, type Matrix } from "../matrix.ts";
import { type Closable, closeAll, openAll } from "./open-all.ts";
import { processor } from "./providers/cpu.ts";
import { type HeldTensor, openSession, type Session, type TensorData } from "./session.ts";

/** Multiplications below which a product is not worth dividing among threads. */
const dividedFrom = 2 ** 25;

/** A thread with its session, and the number of products that wait for it. */
interface Worker {
  readonly session: Session;
  waiting: number;
}

/**
 * Opens kernels on ONNX Runtime: `threads` sessions of one thread each. Products that are asked for at the same time
 * run side by side; a large one is divided by the rows of `a` among the threads that have nothing to do.
 */
export async function openKernels({ threads }: { readonly threads: number }): Promise<Kernels & Closable> {
  const workers = await openWorkers(await writeProduct(), threads);
  // Opened when they are first needed, as few runs do.
  let reducers: Promise<readonly Worker[]> | undefined;
  const opened = async (): Promise<readonly Worker[]> => {
    reducers ??= writeGreatest().then((model) => openWorkers(model, threads));
    return reducers;
  };
  return {
    product: (a, b) => multiply(workers, a, b.rows, () => copyOf(b)),
    hold: async (b) => holdMatrix(workers, b),
    holdForGreatest: async (b) => holdForGreatest(await opened(), b),
    close: async () => {
      const all = [...workers, ...((await reducers?.catch(() => [])) ?? [])];
      await closeAll(all.map(({ session }) => session));
    },
  };
}

async function openWorkers(model: Uint8Array, threads: number): Promise<readonly Worker[]> {
  const sessions = Array.from({ length: threads }, () =>
    openSession({ model, threads: 1, executionProvider: processor }),
  );
  return (await openAll(sessions)).map((session) => ({ session, waiting: 0 }));
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
      return { data: await runOn(leastBusy(workers), copyOf(a, group), heldBy), rows, dims };
    },
    release,
  };
}

/** Keeps `b` in each thread that a product with it reaches, from the first one on. */
function holdMatrix(workers: readonly Worker[], b: Matrix): HeldMatrix {
  const { heldBy, release } = holdIn(b);
  return { product: (a) => multiply(workers, a, b.rows, heldBy), release };
}

/** Returns what keeps a matrix in a thread, and what lets it go in all of them. */
function holdIn(b: Matrix): { readonly heldBy: (worker: Worker) => HeldTensor; readonly release: () => void } {
  const tensors = new Map<Worker, HeldTensor>();
  const heldBy = (worker: Worker): HeldTensor => {
    const tensor = tensors.get(worker) ?? worker.session.hold(copyOf(b));
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

async function multiply(workers: readonly Worker[], a: Matrix, columns: number, operand: Operand): Promise<Matrix> {
  const product = { rows: a.rows, dims: columns };
  if (a.rows === 0 || columns === 0) return { data: new Float32Array(), ...product };
  const idle = workers.filter(({ waiting }) => waiting === 0).length;
  const parts = a.rows * columns * a.dims < dividedFrom ? 1 : Math.max(1, Math.min(idle, a.rows));
  const pieces = await Promise.all(rowParts(a, parts).map((part) => runOn(leastBusy(workers), copyOf(part), operand)));
  return { data: pieces.length === 1 ? pieces[0] : joined(pieces), ...product };
}

async function runOn(worker: Worker, a: TensorData, operand: Operand): Promise<Float32Array> {
  worker.waiting++;
  try {
    const { product } = await worker.session.run({ a, b: operand(worker) }, ["product"]);
    return product?.data as Float32Array;
  } finally {
    worker.waiting--;
  }
}

function leastBusy(workers: readonly Worker[]): Worker {
  return workers.reduce((best, worker) => (worker.waiting < best.waiting ? worker : best));
}

/** Divides the rows into `parts` consecutive pieces, which share the matrix's memory. */
function rowParts({ data, rows, dims }: Matrix, parts: number): Matrix[] {
  return Array.from({ length: parts }, (_, i) => {
    const start = Math.floor((i * rows) / parts);
    const end = Math.floor(((i + 1) * rows) / parts);
    return { data: data.subarray(start * dims, end * dims), rows: end - start, dims };
  });
}

/** Copies a matrix for a session, which takes over the buffers that it is given; in groups of rows where these are asked for. */
const copyOf = ({ data, rows, dims }: Matrix, group?: number): TensorData => ({
  data: data.slice(),
  dims: group === undefined ? [rows, dims] : [rows / group, group, dims],
});
