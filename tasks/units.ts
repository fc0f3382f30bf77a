/** A unit of samples as people read it. */
export interface ReadableUnit {
  /** Its texts, each under what it is to the task, such as `query`, or `first` and `second`. */
  readonly texts: Readonly<Record<string, string>>;
  /** What is right for it, for people; absent where its samples say it by themselves. */
  readonly wanted?: string;
  /** Ids of the documents that are relevant to it, the most relevant first; absent where it ranks none. */
  readonly relevant?: readonly string[];
}

/** What the samples of a subset are made of, for people. Numbers and names are those of its `Samples`. */
export interface Units {
  /** Returns a unit by its place, or, where samples name their units, by its name; undefined where there is none. */
  readonly at: (place: number, name?: string) => ReadableUnit | undefined;
  /** Returns the name of a class or of a text that was to be found, by its number; absent where samples number none. */
  readonly classAt?: (number: number) => string | undefined;
  /** Returns a document's text by its id; absent where none are ranked. */
  readonly document?: (id: string) => string | undefined;
}

/** Makes units of the columns of rows; each is a list with a text for each row. */
export function unitsOfColumns(
  columns: Readonly<Record<string, readonly string[]>>,
  wanted?: (row: number) => string,
): Units {
  const [first = []] = Object.values(columns);
  return {
    at: (row) =>
      row in first
        ? {
            texts: Object.fromEntries(Object.entries(columns).map(([name, texts]) => [name, texts[row]])),
            ...(wanted && { wanted: wanted(row) }),
          }
        : undefined,
  };
}
