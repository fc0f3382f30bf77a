/** `npm test` and `npm run test:long` run a project of `vitest.config.ts`; further arguments go to vitest. */
import { join } from "node:path";
import { hand, prepare, root } from "./prepare.mjs";

prepare();
process.chdir(root);
hand(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", root, ...process.argv.slice(2)]);
