import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { built, root } from "../prepare.mjs";

const { scoreTablesFile } = await built("reports/prediction/score-table.js");

export const readTables = () => JSON.parse(readFileSync(join(root, scoreTablesFile), "utf8"));

/** Writes the tables, a line for each model, which a change of one leaves readable. */
export function writeTables({ origin, tables, without }) {
  const lines = (models) =>
    Object.entries(models).map(([name, scores]) => `\n${JSON.stringify(name)}: ${JSON.stringify(scores)}`);
  const table = ({ models, ...rest }) => `\n{"models": {${lines(models).join(",")}},\n${JSON.stringify(rest).slice(1)}`;
  const texts = [`"origin": ${JSON.stringify(origin)}`, `"tables": [${tables.map(table).join(",")}]`];
  const text = `{${texts.join(",\n")},\n"without": ${JSON.stringify(without, null, 1)}}\n`;
  writeFileSync(join(root, scoreTablesFile), text);
}
