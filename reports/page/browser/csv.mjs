/**
 * Quotes a field of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP,
 * "CSV injection"): names in results are not the user's own.
 *
 * @param {string | number | null} value
 */
function csvField(value) {
  const text = typeof value === "string" ? value.replace(/^[=+\-@\t\r]/, "'$&") : value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Writes comma-separated values (RFC 4180); null is an empty field.
 *
 * @param {readonly (readonly (string | number | null)[])[]} rows
 */
export function csv(rows) {
  return rows.map((row) => `${row.map(csvField).join(",")}\r\n`).join("");
}
