/**
 * npm runs this as `prepare`: before it packs, and where it installs from a repository. Makes the program, and lays into
 * dist/node_modules, where Node and TypeScript look first, what npm shall not install for users
 * (docs/decisions/020-one-bundle.md).
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { carryPackages } from "./bundle/carried.mjs";
import { build, prepare, root } from "./prepare.mjs";

// What installs from a repository has just installed all that building takes.
if (["pack", "publish"].includes(process.env.npm_command ?? "")) prepare();
else build();
const folder = join(root, "dist/node_modules");
rmSync(folder, { recursive: true, force: true });
carryPackages(folder);
