import { messageOf } from "../../datasets/errors.ts";
import { createGraph } from "../graph/builder.ts";
import { type ExecutionProvider, openSession } from "./session.ts";

const [rows, dims] = [4, 8];

/** Multiplies a small matrix with itself there. Returns why that failed, `undefined` where the product is right. */
export async function runTrial(executionProvider: ExecutionProvider): Promise<string | undefined> {
  try {
    const graph = createGraph();
    const a = graph.input("a", "float", [rows, dims]);
    graph.output(graph.op("FusedMatMul", [a, a], { transB: 1 }), "product", [rows, rows]);
    const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider });
    try {
      const data = new Float32Array(rows * dims).fill(1);
      const { product } = await session.run({ a: { data, dims: [rows, dims] } }, ["product"]);
      const wrong = product?.data.find((value) => value !== dims);
      return wrong === undefined ? undefined : `it computed ${wrong} where ${dims} is right`;
    } finally {
      await session.close();
    }
  } catch (error) {
    return messageOf(error);
  }
}
