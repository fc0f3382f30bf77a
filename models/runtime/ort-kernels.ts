import { createGraph } from "../graph/builder.ts";
import type { HeldMatrix, Kernels } from "../kernels.ts";
import type { Matrix } from "../matrix.ts";
import { closeAll, openAll } from "./open-all.ts";
import { processor } from "./providers/cpu.ts";
import { type HeldTensor, openSession, type Session, type TensorData } from "./session.ts";

/** Multiplications below which a product is not worth dividing among threads. */
const dividedFrom = 2 ** 25;

/** One thread with its session, and how many products wait for it. */
interface Bench {
  readonly session: Session;
  waiting: number;
}

/**
 * Kernels on ONNX Runtime: one session with one thread for each of `threads`. Products that are asked for at the same
 * time run side by side; a large one is divided by the rows of `a`.
 */
export async function openKernels({
  threads,
}: {
  readonly threads: number;
}): Promise<Kernels & { close(): Promise<void> }> {
  const model = await writeProduct();
  const sessions = Array.from({ length: threads }, () =>
    openSession({ model, threads: 1, executionProvider: processor }),
  );
  const benches: Bench[] = (await openAll(sessions)).map((session) => ({ session, waiting: 0 }));
  return {
    product: (a, b) => multiply(benches, a, b.rows, () => copyOf(b)),
    hold: async (b) => holdMatrix(benches, b),
    close: () => closeAll(benches.map(({ session }) => session)),
  };
}

/** a · bᵀ, nothing else. */
async function writeProduct(): Promise<Uint8Array> {
  const graph = createGraph();
  const a = graph.input("a", "float", ["rows", "dims"]);
  const b = graph.input("b", "float", ["columns", "dims"]);
  graph.output(graph.op("FusedMatMul", [a, b], { transB: 1 }), "product", ["rows", "columns"]);
  return (await graph.serialize()).model;
}

/** Keeps `b` in each thread that a product with it reaches, from the first one on. */
function holdMatrix(benches: readonly Bench[], b: Matrix): HeldMatrix {
  const places = new Map<Bench, HeldTensor>();
  const heldBy = (bench: Bench): HeldTensor => {
    const place = places.get(bench) ?? bench.session.hold(copyOf(b));
    places.set(bench, place);
    return place;
  };
  return {
    product: (a) => multiply(benches, a, b.rows, heldBy),
    release: () => {
      for (const [{ session }, place] of places) session.release(place);
      places.clear();
    },
  };
}

async function multiply(
  benches: readonly Bench[],
  a: Matrix,
  columns: number,
  operand: (bench: Bench) => TensorData | HeldTensor,
): Promise<Matrix> {
  const product = { rows: a.rows, dims: columns };
  if (a.rows === 0 || columns === 0) return { data: new Float32Array(), ...product };
  const parts = a.rows * columns * a.dims < dividedFrom ? 1 : Math.min(benches.length, a.rows);
  const pieces = await Promise.all(rowParts(a, parts).map((part) => runOn(leastBusy(benches), part, operand)));
  if (pieces.length === 1) return { data: pieces[0], ...product };
  const data = new Float32Array(a.rows * columns);
  let place = 0;
  for (const piece of pieces) {
    data.set(piece, place);
    place += piece.length;
  }
  return { data, ...product };
}

async function runOn(
  bench: Bench,
  a: Matrix,
  operand: (bench: Bench) => TensorData | HeldTensor,
): Promise<Float32Array> {
  bench.waiting++;
  try {
    const { product } = await bench.session.run({ a: copyOf(a), b: operand(bench) }, ["product"]);
    return product?.data as Float32Array;
  } finally {
    bench.waiting--;
  }
}

function leastBusy(benches: readonly Bench[]): Bench {
  return benches.reduce((best, bench) => (bench.waiting < best.waiting ? bench : best));
}

/** The rows in `parts` consecutive pieces, sharing their memory. */
function rowParts({ data, rows, dims }: Matrix, parts: number): Matrix[] {
  return Array.from({ length: parts }, (_, i) => {
    const start = Math.floor((i * rows) / parts);
    const end = Math.floor(((i + 1) * rows) / parts);
    return { data: data.subarray(start * dims, end * dims), rows: end - start, dims };
  });
}

/** A session takes the buffers it is given, so it is given a copy. */
const copyOf = ({ data, rows, dims }: Matrix): TensorData => ({ data: data.slice(), dims: [rows, dims] });
