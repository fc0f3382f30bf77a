import { count, plainText } from "../datasets/shown.ts";
import { storageText } from "./cache-table.ts";
import { grouped } from "./table.ts";

/** One place that was compared with its checksums. */
export interface CheckedPlace {
  readonly folder: string;
  /** How much was compared, by what it is called in the plural, such as `files`; `bytes` is the size of it. Of what has no
   * checksum, such as `files without a checksum`, a text says nothing where there is none. */
  readonly counts: Readonly<Record<string, number>>;
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
}

export interface CacheReport {
  readonly places: readonly CheckedPlace[];
}

/** Writes a line for each place, and one for each damaged file in it. */
export const cacheCheckText = ({ places }: CacheReport): string =>
  places
    .flatMap(({ folder, counts, damaged }) => [
      `${folder}: ${countsText(counts)}; ${damaged.length === 0 ? "none is damaged" : count(damaged.length, "damaged file")}`,
      ...damaged.map(({ file, reason }) => `damaged ${file}: ${reason}`),
    ])
    .map((line) => `${plainText(line)}\n`)
    .join("");

function countsText(counts: CheckedPlace["counts"]): string {
  return Object.entries(counts)
    .filter(([name, n]) => n > 0 || !name.includes("without"))
    .map(([name, n]) =>
      name === "bytes" ? storageText(n) : `${grouped(n)} ${n === 1 ? name.replace(/s(?= |$)/, "") : name}`,
    )
    .join(", ");
}
