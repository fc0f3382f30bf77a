const environmentHelp = `
Environment:
  HF_HOME, HF_HUB_CACHE   where repositories of the Hub are kept (default ~/.cache/huggingface/hub)
  HF_HUB_OFFLINE=1        use what is there, make no request
  HF_TOKEN, HF_ENDPOINT   access token and address of the Hub
  PRAMANA_API_KEY         key for a model behind an address (for api.openai.com, OPENAI_API_KEY will do)
`;

export const runHelp = `
A model is a sentence-transformers or transformers repository of the Hub, or a folder; or bm25, a lexical baseline for
retrieval and reranking; or ADDRESS#NAME, a model behind an OpenAI-compatible API; or precomputed:FOLDER, vectors made
elsewhere (docs/adapters.md). Scores go to RESULTS/ORG__MODEL/REVISION/TASK.json in mteb's format, as soon as a task is
done; the table to standard output.

Examples:
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --tasks STSBenchmark,Banking77Classification
  pramana run --model ./checkpoint-500 --benchmark pramana-mini --results runs
  pramana run --model bm25 --tasks SciFact,NFCorpus
  pramana run --model 'http://127.0.0.1:8080/v1#BAAI/bge-m3' --tasks STSBenchmark
  pramana run --query-model MongoDB/mdbr-leaf-ir --document-model Snowflake/snowflake-arctic-embed-m-v1.5 \\
    --tasks SciFact --dimensions 256 --quantize int8
${environmentHelp}`;

export const reproduceHelp = `
Official scores are those of the files in --official, in mteb's layout (\`pramana baselines pull\` fetches them), and where
these have none, those built in of the published table (\`pramana baselines\`). Without --tasks or --benchmark, every task of
MTEB(eng, v2) with an official score is run. Ends with 1 where a score is off by more than the tolerance, or missing.

Tolerance in points, a hundredth of a score: 0.05 in classification (a row of 2,000 that crosses a border), 0.1 in
clustering, 0.01 elsewhere (near-equal neighbours that change places): what other processors and libraries move. Official
files themselves are rounded to 0.0001.

--explain runs tasks again, each time with one thing changed (data revision of the official file, prompts, precision, most
tokens, estimator), and prints which lands nearest to the official score. Nothing of that is stored.

Examples:
  pramana reproduce --model BAAI/bge-base-en-v1.5 --tasks STS12,ArguAna
  pramana reproduce --model ./bge-copy --as BAAI/bge-base-en-v1.5 --explain
  pramana reproduce --model BAAI/bge-base-en-v1.5 --stored --format json
${environmentHelp}`;

export const embedHelp = `
Examples:
  echo '["a text", "another"]' | pramana embed --model sentence-transformers/all-MiniLM-L6-v2
  pramana embed --model ./checkpoint-500 --prompt-name query --input texts.json --output vectors.json
${environmentHelp}`;

export const benchHelp = `
Measures, after warm-up: latency of one text as a query; texts and tokens a second of batches and of a whole corpus, as
documents; of a pair of models both on both sides. Texts are made up, or your own. The record goes to
RESULTS/ORG__MODEL/REVISION/bench.jsonl, one line for each hardware; \`pramana leaderboard --with-bench\` shows it beside
the scores. What is measured, and how: docs/bench.md.

Examples:
  pramana bench --model sentence-transformers/all-MiniLM-L6-v2
  pramana bench --model ./checkpoint-500 --lengths 16,256 --batch-sizes 1,64 --repeats 10
  pramana bench --query-model MongoDB/mdbr-leaf-ir --document-model Snowflake/snowflake-arctic-embed-m-v1.5
  pramana bench --model sentence-transformers/all-MiniLM-L6-v2 --texts documents.jsonl --format json
${environmentHelp}`;

export const textsHelp = `
Writes each text once: as a JSON text, or where a task tells queries from documents as {"text": "…", "role": "query"}.
Embed them line by line, write the vectors as vectors.npy beside the file, and name the folder:

Example:
  pramana texts --tasks STSBenchmark --output vectors/texts.jsonl
  pramana run --tasks STSBenchmark --model precomputed:vectors
`;

export const boardHelp = `
Reads results of Pramana and of mteb (RESULTS/ORG__MODEL/REVISION/TASK.json), of any version. Rows are ranked by Borda
count; revisions of a model are joined as mteb does it. A model that lacks a task has no mean and no rank; the lines
below the table say what it lacks. In a terminal the table fits the window; piped, it is Markdown.

Examples:
  pramana leaderboard --benchmark "MTEB(eng, v2)" --baselines
  pramana leaderboard --results results --results official --format csv > table.csv
`;

export const reportHelp = `
The page opens from disk and makes no request: a table to sort and filter, quality against size, a profile of each model,
two models task by task, and the revisions and prompts of the scores.

Examples:
  pramana report --benchmark "MTEB(eng, v2)" --baselines --output report.html
  pramana report --results results --results official --charts figures
`;

export const baselinesHelp = `
Examples:
  pramana baselines
  pramana baselines pull Qwen/Qwen3-Embedding-0.6B intfloat/e5-small-v2
  pramana leaderboard --results results --results official
`;

export const doctorHelp = `
Every line that is missing something names the step that mends it. Without --device the status is 0.

Example:
  pramana doctor --device cuda
`;
