/** A resource that stays open until it is closed. */
export interface Closable {
  close(): Promise<void>;
}

type Opened<Openings extends readonly Promise<Closable>[]> = {
  -readonly [Index in keyof Openings]: Awaited<Openings[Index]>;
};

/**
 * Waits until everything is open. When one opening fails, closes the others and throws the first failure: a thread that
 * nobody holds would keep the process alive.
 */
export async function openAll<const Openings extends readonly Promise<Closable>[]>(
  openings: Openings,
): Promise<Opened<Openings>> {
  const settled = await Promise.allSettled(openings);
  const failed = settled.find((result) => result.status === "rejected");
  const open = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  if (failed === undefined) return open as Opened<Openings>;
  await closeAll(open);
  throw failed.reason;
}

export async function closeAll(open: readonly Closable[]): Promise<void> {
  await Promise.all(open.map((one) => one.close()));
}

/** Does the work; when it fails, closes everything that is open and throws its error. */
export async function closingOnFailure<Value>(open: readonly Closable[], work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    await closeAll(open);
    throw error;
  }
}
