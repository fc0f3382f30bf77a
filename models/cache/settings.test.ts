import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cacheFolder } from "./settings.ts";

it.each([
  [{ HOME: "/home/u" }, "/home/u/.cache/pramana"],
  [{ HOME: "/home/u", XDG_CACHE_HOME: "/scratch" }, "/scratch/pramana"],
  [{ HOME: "/home/u", XDG_CACHE_HOME: "/scratch", PRAMANA_CACHE: "/vectors" }, "/vectors"],
  [{ HOME: "/home/u", XDG_CACHE_HOME: "", PRAMANA_CACHE: "~/vectors" }, "/home/u/vectors"],
  [{}, join(homedir(), ".cache/pramana")],
])("%j keeps vectors in %s", (env, folder) => expect(cacheFolder(env)).toBe(folder));
