import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf } from "../../datasets/errors.ts";

/** Bytes that several machines share. */
export interface Store {
  readonly name: string;
  read(key: string): Promise<Uint8Array | undefined>;
  publish(key: string, bytes: Uint8Array): Promise<"published" | "there">;
  list(prefix: string): Promise<readonly string[]>;
}

export async function openStore(address: string, _env: unknown): Promise<Store> {
  const root = resolve(address);
  await mkdir(root, { recursive: true });
  return {
    name: root,
    read: async (key) => {
      try {
        return await readFile(join(root, key));
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      }
    },
    publish: async (key, bytes) => {
      const file = join(root, key);
      await mkdir(dirname(file), { recursive: true });
      const temporary = join(root, `.${randomUUID()}`);
      await writeFile(temporary, bytes);
      try {
        await link(temporary, file);
        return "published";
      } catch (error) {
        if (codeOf(error) === "EEXIST") return "there";
        throw error;
      } finally {
        await rm(temporary, { force: true });
      }
    },
    list: async (prefix) => {
      try {
        return (await readdir(join(root, prefix))).map((name) => prefix + name);
      } catch (error) {
        if (codeOf(error) === "ENOENT") return [];
        throw error;
      }
    },
  };
}
