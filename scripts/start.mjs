/** `npm start` runs the sample, the built-in benchmark on the built-in model; `npm start -- ARGUMENTS` runs `pramana ARGUMENTS`. */
import { join } from "node:path";
import { hand, prepare, root } from "./prepare.mjs";

prepare();
const args = process.argv.slice(2);
hand(process.execPath, [join(root, "dist/cli.js"), ...(args.length > 0 ? args : ["run"])]);
