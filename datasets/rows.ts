import { InputError } from "./errors.ts";
import { limits } from "./limits.ts";
import { type OpenColumn, openColumn } from "./packed-texts.ts";
import type { Columns } from "./text-file.ts";

/** Turns records that come one after the other into columns. */
export interface RowCollector {
  /** Appends a record; fields that it lacks become null, and so do those of earlier records that lack a new one. */
  add(record: Readonly<Record<string, unknown>>): void;
  /** All columns, in the order in which their names first came. */
  columns(): Columns;
}

/**
 * A collector without rows and columns. Its `add` throws `InputError` where records have so many fields that differ that
 * a table of them would be mostly empty.
 *
 * @param name What a message calls the file.
 * @param pack Names of columns whose texts are held packed.
 */
export function createRows(name: string, pack: readonly string[] = []): RowCollector {
  const columns = new Map<string, OpenColumn>();
  let rows = 0;
  let absent = 0;
  const count = (more: number): void => {
    absent += more;
    if (columns.size <= limits.columns && absent <= limits.absentValues + limits.absentShare * rows) return;
    throw new InputError(
      `${name}: its first ${rows + 1} records have ${columns.size} different fields, too many for one table (at most ${limits.columns}, and few absent from most records); expected the same fields in each record, see docs/safety.md`,
    );
  };
  return {
    add(record) {
      const fields = Object.keys(record);
      for (const field of fields) {
        if (columns.has(field)) continue;
        const column = openColumn(pack.includes(field));
        columns.set(field, column);
        count(rows);
        for (let row = 0; row < rows; row++) column.push(null);
      }
      count(columns.size - fields.length);
      for (const [field, column] of columns) column.push(Object.hasOwn(record, field) ? (record[field] ?? null) : null);
      rows += 1;
    },
    columns: () => Object.fromEntries(columns),
  };
}
