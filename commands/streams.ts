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

/** What the thread of a command starts with. */
export interface Given {
  readonly argv: readonly string[];
  /** Columns of standard error and standard output; absent where they are no terminal. */
  readonly width: number | undefined;
  readonly outWidth: number | undefined;
  /** Somebody sits at a terminal who can answer a question. */
  readonly canAsk: boolean;
}

/** What the thread of a command is told. */
export type Asked =
  | { readonly kind: "stop" }
  | { readonly kind: "input"; readonly text: string }
  /** Standard input could not be read, for this reason. */
  | { readonly kind: "no-input"; readonly reason: string };

/** What the thread of a command tells the one that started it. */
export type Told =
  | { readonly kind: "out"; readonly text: string }
  | { readonly kind: "err"; readonly text: string }
  /** It waits for all of standard input. */
  | { readonly kind: "read" }
  /** It waits for the next line of standard input. */
  | { readonly kind: "read-line" }
  /** What would be said of what is kept if the command were stopped now. */
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "ended"; readonly status: number | "stopped" };
