import { joinParts } from "./conform.ts";
import { InputError } from "./errors.ts";
import { castColumn, type Features, isTextFeature } from "./features.ts";
import type { Part } from "./formats.ts";
import type { Column } from "./packed-texts.ts";
import { shown, shownJson } from "./shown.ts";
import type { Table } from "./table.ts";

/**
 * Puts the rows of all parts one after the other, as what they are declared to hold. Parts without rows and columns are
 * passed over; a column that a part lacks is null there. Throws `InputError` for a part with another column than the
 * first that the card does not declare, and for values that do not fit each other or what is declared.
 *
 * @param declared What the card declares; without it, the first part's own declaration counts.
 */
export function tableOf(name: string, parts: readonly Part[], declared: Features | undefined): Table {
  const filled = parts.filter((part) => Object.keys(part.columns).length > 0);
  if (filled.length === 0) return { name, rows: 0, columns: {} };
  const features = declared ?? filled[0].features;
  const names = columnNames(filled, declared, name);
  const unreadable = new Map<string, string>();
  const columns = names.map((column) => {
    const feature = features?.get(column);
    const values = filled.map((part) => {
      const found = Object.hasOwn(part.columns, column) ? part.columns[column] : nothing(rowsOf(part));
      // What a file itself declares, its values are.
      if (declared === undefined || feature === undefined) return found;
      if (part.tellsTime && isTextFeature(feature) && holdsMoments(found)) {
        unreadable.set(
          column,
          "is declared as text and holds points in time alone, which datasets writes in another way",
        );
        return found;
      }
      const cast = castColumn(
        found,
        feature,
        (row, value, expected) =>
          new InputError(
            `${part.name}: column "${shown(column)}", row ${row + 1} holds ${shownJson(value, 80)}; its card declares ${expected}`,
          ),
      );
      if (!("unreadable" in cast)) return cast;
      unreadable.set(column, cast.unreadable);
      return found;
    });
    return [column, joinColumn(column, values, filled)] as const;
  });
  return {
    name,
    rows: filled.reduce((sum, part) => sum + rowsOf(part), 0),
    columns: Object.fromEntries(columns),
    ...(features === undefined ? {} : { features }),
    ...(unreadable.size === 0 ? {} : { unreadable }),
  };
}

/** A point in time as pyarrow tells it from a text of JSON. */
const moment = /^\d{4}-\d\d-\d\d(?:[ T]\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Tells whether all texts of a column, at least one, are points in time. */
function holdsMoments(column: Column): boolean {
  let found = false;
  for (let row = 0; row < column.length; row++) {
    const value = column.at(row);
    if (value === null) continue;
    if (typeof value !== "string" || !moment.test(value)) return false;
    found = true;
  }
  return found;
}

const rowsOf = (part: Part): number => Object.values(part.columns)[0]?.length ?? 0;
const nothing = (rows: number): readonly null[] => Array.from({ length: rows }, () => null);

function columnNames(parts: readonly Part[], declared: Features | undefined, name: string): readonly string[] {
  const [first] = parts;
  const names = Object.keys(first.columns);
  for (const part of parts) {
    for (const other of Object.keys(part.columns).filter((column) => !names.includes(column))) {
      if (!declared?.has(other)) {
        throw new InputError(
          `data set ${name}: ${part.name} has the column "${shown(other)}"; expected those of ${first.name}: ${names.map((one) => shown(one)).join(", ")}`,
        );
      }
      names.push(other);
    }
  }
  return names;
}

function joinColumn(column: string, values: readonly Column[], parts: readonly Part[]): Column {
  return joinParts(
    values,
    (part, found, expected) =>
      new InputError(
        `${parts[part].name}: column "${shown(column)}" holds ${found}; the files before hold ${expected}; write them anew with values of one kind`,
      ),
  );
}
