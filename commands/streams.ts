import { plainLines } from "../datasets/shown.ts";

/** Clears the line of progress that is shown. */
export const clearLine = "\r\u001b[K";

/** Columns of a terminal that does not say how many it has, such as one of a container or of a recording. */
const usualWidth = 80;

/** Columns of a stream that goes to a terminal; undefined for any other. */
export const widthOf = ({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }) =>
  isTTY === true ? columns || usualWidth : undefined;

/**
 * Notes as they may reach a terminal: names in them are not the user's own, so only what clears the line of progress moves
 * its cursor.
 */
export const plainNotes = (text: string): string => text.split(clearLine).map(plainLines).join(clearLine);
