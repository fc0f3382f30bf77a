import { plainLines } from "../datasets/shown.ts";

/** Characters that clear the line of progress. */
export const clearLine = "\r\u001b[K";

/** Columns of a terminal that does not say how many it has, such as that of a container or of a recording. */
const usualWidth = 80;

/** Returns the columns of a stream that goes to a terminal; undefined for any other. */
export const widthOf = ({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }) =>
  isTTY === true ? columns || usualWidth : undefined;

/**
 * Makes notes safe for a terminal: names in them may come from others, so nothing but what clears the line of progress may
 * move its cursor.
 */
export const plainNotes = (text: string): string => text.split(clearLine).map(plainLines).join(clearLine);
