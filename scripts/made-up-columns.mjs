/**
 * `node scripts/made-up-columns.mjs FOLDER [TASK [ROWS]]` writes a data set in the form of one that bitext mining compares
 * column by column (FloresBitextMining, 1,012 rows) into a folder that can then be given as HF_HUB_CACHE: a parquet file
 * with a column of made-up texts for each language of the task. A text shares some of its words with the texts of its row,
 * more in some languages than in others, so that scores lie between 0 and 1; every 97th text is that of the row before.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { makeTexts } from "./made-up-texts.mjs";
import { built, prepare } from "./prepare.mjs";
import { generator } from "./random.mjs";

prepare();
const { getTask } = await built("tasks/index.js");
const [folder, name = "FloresBitextMining", rows = "1012"] = process.argv.slice(2);
const { dataset, splits, languages } = getTask(name);
const columns = [...new Set(Object.keys(languages).flatMap((subset) => subset.split("-")))];

const texts = makeTexts(Number(rows), { random: generator(1) });
const columnData = columns.map((column, i) => {
  const random = generator(2 + i);
  const kept = 0.1 + 0.9 * random();
  const words = texts.map((text) => text.split(" ").filter((word) => random() < kept || word.length > 6));
  const data = words.map((own, row) => (row % 97 === 96 ? words[row - 1] : own).join(" ") || column);
  return { name: column, data, type: "STRING", nullable: false };
});

const repository = join(folder, `datasets--${dataset.path.replace("/", "--")}`);
const snapshot = join(repository, "snapshots", dataset.revision);
mkdirSync(join(snapshot, "data"), { recursive: true });
mkdirSync(join(repository, "refs"), { recursive: true });
writeFileSync(join(repository, "refs", "main"), dataset.revision);
const files = splits.map((split) => `  - split: ${split}\n    path: data/${split}.parquet\n`).join("");
writeFileSync(join(snapshot, "README.md"), `---\nconfigs:\n- config_name: default\n  data_files:\n${files}---\n`);
for (const split of splits) {
  writeFileSync(join(snapshot, "data", `${split}.parquet`), new Uint8Array(parquetWriteBuffer({ columnData })));
}
console.log(`${snapshot}: ${columns.length} columns of ${rows} texts`);
