/** Tables as files of a repository, in the formats that repositories of the Hub have. */
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";

const rowsOf = (table) => Object.values(table)[0].length;
const records = (table) =>
  Array.from({ length: rowsOf(table) }, (_, row) =>
    JSON.stringify(Object.fromEntries(Object.entries(table).map(([name, values]) => [name, values[row]]))),
  );
const lines = (table) => `${records(table).join("\n")}\n`;
const field = (value) => (typeof value === "string" ? `"${value.replaceAll('"', '""')}"` : String(value));

function csv(table) {
  const names = Object.keys(table);
  const rows = Array.from({ length: rowsOf(table) }, (_, row) =>
    names.map((name) => field(table[name][row])).join(","),
  );
  return `${[names.join(","), ...rows].join("\n")}\n`;
}

function parquet(table) {
  const columnData = Object.entries(table).map(([name, data]) => {
    const areWhole = data.every(Number.isInteger);
    return typeof data[0] === "number"
      ? { name, type: areWhole ? "INT64" : "DOUBLE", data: areWhole ? data.map(BigInt) : data }
      : { name, type: "STRING", data };
  });
  return Buffer.from(parquetWriteBuffer({ columnData }));
}

const isList = (value) => Array.isArray(value);
/** Each with the values that it does not take: to readers of CSV, an empty text is none. */
const formats = [
  { ending: "parquet", write: parquet, refuses: isList },
  { ending: "jsonl", write: lines, refuses: () => false },
  { ending: "jsonl.gz", write: (table) => gzipSync(lines(table)), refuses: () => false },
  { ending: "csv", write: csv, refuses: (value) => isList(value) || value === "" },
];

/**
 * Returns the files of a repository by path: its configs, by name the tables of their splits, all in one format, and the
 * card that names them.
 * @param number chooses the format
 */
export function repositoryFiles(configs, number) {
  const tables = Object.values(configs).flatMap((splits) => Object.values(splits));
  const columns = tables.flatMap((table) => Object.values(table));
  const able = formats.filter(({ refuses }) => !columns.some((column) => column.some(refuses)));
  const { ending, write } = able[number % able.length];
  const files = {};
  const entries = Object.entries(configs).map(([config, splits]) => {
    const parts = Object.entries(splits).map(([split, table]) => {
      const shards = ending === "parquet" && rowsOf(table) > 20 ? 2 : 1;
      for (let shard = 0; shard < shards; shard++) {
        const part = (values) => values.filter((_, row) => Math.floor((row * shards) / values.length) === shard);
        const rows = Object.fromEntries(Object.entries(table).map(([name, values]) => [name, part(values)]));
        files[`${config}/${split}${shards > 1 ? `-0000${shard}-of-00002` : ""}.${ending}`] = write(rows);
      }
      return `  - split: ${split}\n    path: ${JSON.stringify(`${config}/${split}${shards > 1 ? "-*" : `.${ending}`}`)}\n`;
    });
    return `- config_name: ${JSON.stringify(config)}\n  data_files:\n${parts.join("")}`;
  });
  return { "README.md": `---\nconfigs:\n${entries.join("")}---\n# A made-up data set\n`, ...files };
}
