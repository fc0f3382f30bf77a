import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "sucrase";
import { root } from "./prepare.mjs";

/** Imports the server that the tests use, which is no part of the build. */
export async function testServer() {
  const source = readFileSync(join(root, "datasets/testing/hub-server.ts"), "utf8");
  const folder = mkdtempSync(join(tmpdir(), "pramana-hub-"));
  const file = join(folder, "hub-server.mjs");
  writeFileSync(file, transform(source, { transforms: ["typescript"] }).code);
  try {
    return await import(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
