import { createHash } from "node:crypto";

/** Hashes revisions to 40 hexadecimal digits, as a commit has, so that the revision of several can name a folder. */
export const joinRevisions = (revisions: readonly string[]): string =>
  createHash("sha256").update(revisions.join("\0")).digest("hex").slice(0, 40);
