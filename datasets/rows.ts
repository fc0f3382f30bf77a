import type { Columns } from "./text-file.ts";

/** Turns records that come one after the other into columns. */
export interface RowCollector {
  /** Appends a record; fields that it lacks become null, and so do those of earlier records that lack a new one. */
  add(record: Readonly<Record<string, unknown>>): void;
  /** All columns, in the order in which their names first came. */
  columns(): Columns;
}

/** A collector without rows and columns. */
export function createRows(): RowCollector {
  const columns = new Map<string, unknown[]>();
  let rows = 0;
  return {
    add(record) {
      for (const name of Object.keys(record)) {
        if (!columns.has(name)) columns.set(name, new Array(rows).fill(null));
      }
      for (const [name, column] of columns) column.push(Object.hasOwn(record, name) ? (record[name] ?? null) : null);
      rows += 1;
    },
    columns: () => Object.fromEntries(columns),
  };
}
