import { InputError } from "../../datasets/errors.ts";

interface PatientStore<Value> {
  /** Tries to store a value and, where that succeeds, those that could not be stored before. */
  readonly store: (value: Value) => Promise<void>;
  /** Tries once more, and returns what cannot be stored. */
  readonly finish: () => Promise<readonly Value[]>;
}

/**
 * Stores values, and holds on to those that cannot be stored yet, for a full disk must not cost the work of hours: a value
 * that `write` refuses with an `InputError` waits in memory and is tried again whenever another one is stored, and at the
 * end.
 *
 * @param write Stores a value, whole or not at all.
 * @param tell Called with the reason why a value could not be stored when it was first tried.
 */
export function patientStore<Value>(
  write: (value: Value) => Promise<unknown>,
  tell: (value: Value, message: string) => void,
): PatientStore<Value> {
  let waiting: readonly Value[] = [];
  const refused = async (value: Value): Promise<string | undefined> => {
    try {
      await write(value);
      return undefined;
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
  };
  const tryAgain = async (): Promise<void> => {
    const left: Value[] = [];
    for (const value of waiting) if ((await refused(value)) !== undefined) left.push(value);
    waiting = left;
  };
  return {
    store: async (value) => {
      const message = await refused(value);
      if (message === undefined) return tryAgain();
      waiting = [...waiting, value];
      tell(value, message);
    },
    finish: async () => {
      await tryAgain();
      return waiting;
    },
  };
}
