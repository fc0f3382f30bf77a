/** `npm run build` compiles and bundles the program anew. */
import { build } from "./prepare.mjs";

build();
