/** `npm test` runs the test suite; `npm test -- ARGUMENTS` passes arguments on to vitest. */
import { join } from "node:path";
import { hand, prepare, root } from "./prepare.mjs";

prepare();
process.chdir(root);
hand(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", root, ...process.argv.slice(2)]);
