/** Loads the library that Node's own fetch is made with, for what that fetch does not do. */
export const loadUndici = (): Promise<typeof import("undici")> => import("undici");
