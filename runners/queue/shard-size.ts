/** Most documents of a shard where nothing else is said: 32 pieces, so that a shard's hits are few beside its vectors. */
export const standardShardSize = 2 ** 19;

/**
 * Groups pieces of a corpus into shards of at most so many documents, or of one piece.
 * @param pieces Where they begin, ascending from 0, and the number of all documents.
 * @returns the same of the shards
 */
export function groupPieces(pieces: readonly number[], most: number): readonly number[] {
  const borders = [0];
  for (let i = 1; i < pieces.length; i++) {
    const [before, start] = [pieces[i - 1], borders[borders.length - 1]];
    if (pieces[i] - start > most && before > start) borders.push(before);
  }
  return [...borders, pieces[pieces.length - 1]];
}
