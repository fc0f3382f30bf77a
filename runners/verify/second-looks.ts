import type { TokenVectors } from "../../models/late-interaction.ts";
import type { Matrix } from "../../models/matrix.ts";
import type { SparseMatrix } from "../../models/sparse-matrix.ts";
import { drawNormals, randomState } from "../../tasks/resampling/generator.ts";
import type { ProtocolContext } from "../../tasks/task.ts";

/** Most bytes of a model's outcomes that are held to be looked at again. */
const mostBytes = 2 ** 31;

/** A context whose model is asked once, and whose outcomes can be had again, each moved a little by chance. */
export interface SecondLooks {
  readonly context: ProtocolContext;
  /** Begins another look. Returns false where too much would have to be held. */
  readonly begin: (look: number) => boolean;
}

/** Copies some numbers, each moved by chance. `size` is in terms of their root mean square. */
type Move = (values: Float32Array) => Float32Array;

function mover(size: number, look: number): Move {
  const state = randomState(look, "second look");
  return (values) => {
    const sum = values.reduce((total, value) => total + value * value, 0);
    const step = size * Math.sqrt(sum / Math.max(1, values.length));
    const normals = new Float64Array(values.length);
    drawNormals(normals, state);
    return values.map((value, i) => value + step * normals[i]);
  };
}

const movedRows = ({ data, rows, dims }: Matrix, move: Move): Matrix => {
  const moved = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) moved.set(move(data.subarray(row * dims, (row + 1) * dims)), row * dims);
  return { data: moved, rows, dims };
};

const movedSparse = (matrix: SparseMatrix, move: Move): SparseMatrix => ({ ...matrix, values: move(matrix.values) });

const movedTokens = ({ vectors, starts }: TokenVectors, move: Move): TokenVectors => ({
  vectors: movedRows(vectors, move),
  starts,
});

/** Makes a function that hands out what another made, from memory where it is asked again. */
type Hold = <Args extends readonly unknown[], Made>(
  call: (...args: Args) => Promise<Made>,
  moved: (made: Made, move: Move) => Made,
  sizeOf: (made: Made) => number,
) => (...args: Args) => Promise<Made>;

/** Puts functions that hold what they made in place of a context's, and of those that it is made of. */
function holding(context: ProtocolContext, hold: Hold): ProtocolContext {
  const { firstStage } = context;
  const staged =
    firstStage?.source.kind === "model"
      ? {
          firstStage: {
            ...firstStage,
            source: { ...firstStage.source, context: holding(firstStage.source.context, hold) },
          },
        }
      : {};
  switch (context.kind) {
    case "vectors":
      return { ...context, ...staged, embed: hold(context.embed, movedRows, ({ data }) => data.byteLength) };
    case "sparse":
      return { ...context, ...staged, encode: hold(context.encode, movedSparse, (made) => 2 * made.values.byteLength) };
    case "late-interaction":
      return {
        ...context,
        ...staged,
        embed: hold(context.embed, movedTokens, ({ vectors: { data } }) => data.byteLength),
      };
    case "cross-encoder":
      return {
        ...context,
        ...staged,
        score: hold(
          context.score,
          (made, move) => move(made),
          (made) => made.byteLength,
        ),
      };
    // Words are counted without any rounding that a processor has a part in.
    case "lexical":
      return { ...context, ...staged };
    case "hybrid":
      return { ...context, ...staged, parts: context.parts.map((part) => holding(part, hold)) };
    default:
      return context satisfies never;
  }
}

/**
 * Makes a context that hands out what a model makes, at first as it is and holds it; at later looks from memory, every vector
 * moved by as much as another processor may move it. What turns on less than that then shows.
 *
 * @param size `Tolerance.vector`
 */
export function openSecondLooks(asked: ProtocolContext, size: number): SecondLooks {
  let bytes = 0;
  let move: Move | undefined;
  const rewind: (() => void)[] = [];
  const hold: Hold = (call, moved, sizeOf) => {
    const before: ReturnType<typeof call>[] = [];
    let next = 0;
    rewind.push(() => {
      next = 0;
    });
    return async (...args) => {
      const place = next++;
      if (move !== undefined) return moved(await before[place], move);
      const made = call(...args);
      if (bytes <= mostBytes) before.push(made);
      bytes += sizeOf(await made);
      // A copy, as whoever gets it may write to it.
      return bytes <= mostBytes ? moved(await made, (values) => values.slice()) : made;
    };
  };
  return {
    context: holding(asked, hold),
    begin(look) {
      if (bytes > mostBytes) return false;
      for (const again of rewind) again();
      move = mover(size, look);
      return true;
    },
  };
}
