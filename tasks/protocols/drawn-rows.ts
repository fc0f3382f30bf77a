/** The rows that experiments draw. */
export interface DrawnRows {
  /** Rows that any of them draws, ascending, each once. */
  readonly union: readonly number[];
  /** Places of an experiment's rows in the union, in the order drawn. */
  readonly placesOf: (rows: Int32Array) => Int32Array;
}

/** Joins the rows that experiments draw, so that each is embedded once. */
export function joinDrawn(drawn: readonly Int32Array[]): DrawnRows {
  const union = [...new Set(drawn.flatMap((rows) => [...rows]))].sort((a, b) => a - b);
  const places = new Map(union.map((row, i) => [row, i]));
  return { union, placesOf: (rows) => rows.map((row) => places.get(row) as number) };
}
