import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { joinTaskFiles } from "../own-tasks.ts";
import { parseTaskFile } from "../task-file.ts";

const source = fileURLToPath(new URL("../../scripts/parity/tasks.json", import.meta.url));

/** Tasks of `npm run parity` beside the catalogue, and the benchmark of both; the data lie beside the repository. */
export const { tasks: parityTasks, benchmarks: parityBenchmarks } = joinTaskFiles([
  parseTaskFile(readFileSync(source, "utf8"), source),
]);
