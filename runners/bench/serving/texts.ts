/** Texts that follow each other without an end. */
export type TextStream = (count: number) => readonly string[];

/** Moves the first words of a text to its end. */
function turned(text: string, count: number): string {
  const words = text.split(" ");
  const first = count % words.length;
  return [...words.slice(first), ...words.slice(0, first)].join(" ");
}

/**
 * Returns the texts of a corpus one after the other, and then again. Of made-up ones each next time begins with its next
 * word: a server that keeps answers, or what it computed for beginnings of texts, finds none of them there.
 */
export function textStream(corpus: readonly string[], madeUp: boolean): TextStream {
  let sent = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const text = corpus[sent % corpus.length];
      const time = Math.floor(sent++ / corpus.length);
      return madeUp ? turned(text, time) : text;
    });
}
