/**
 * The journeys of docs/journeys/: what a user wants, and the commands of it, each with a sentence before it. `needs` names
 * what lies in the user's folder before (`needs.mjs`); a step ends with `status`, 0 where it is not said; `loose` marks
 * output whose numbers differ from run to run.
 */
const tasks = "STSBenchmark,SICK-R,Banking77Classification";
const small = "pramana/static-minilm-128";
const miniLm = "sentence-transformers/all-MiniLM-L6-v2";

export const journeys = [
  {
    page: "publishing",
    title: "Publishing a checkpoint",
    intro:
      "A training run left a model in the folder `my-model`. Its author wants to see it beside known models, and to publish its scores.",
    needs: ["my-model"],
    more: ["results.md#names-of-your-own", "reproduction.md", "publishing.md"],
    steps: [
      {
        say: "The model is run under the name and revision that it will have. A folder that changed since is refused under the same revision.",
        run: `pramana run --model ./my-model --name acme/embed --revision v1 --tasks ${tasks}`,
      },
      {
        say: "It has 3 of the 41 tasks of the published English table, and no mean over all of them. `--common` compares over the tasks that it has; published rows are marked with a star.",
        run: 'pramana leaderboard --benchmark "MTEB(eng, v2)" --baselines --common',
      },
      {
        say: "A table for a paper: the best is bold, the second underlined.",
        run: `pramana leaderboard --benchmark "MTEB(eng, v2)" --baselines --common --models acme/embed,BAAI/bge-base-en-v1.5,thenlper/gte-base --format latex`,
      },
      {
        say: "What would be published is shown first.",
        run: "pramana publish --model acme/embed",
      },
      {
        say: "`--to` writes it into a folder. Nothing is sent anywhere.",
        run: "pramana publish --model acme/embed --to publication",
      },
      {
        say: "The model's card has the scores in the form that the Hub reads.",
        run: "head -22 publication/model/README.md",
      },
    ],
  },
  {
    page: "gate",
    title: "A gate on a pull request",
    intro:
      "A team has a model in use, and a pull request proposes another, in the folder `candidate`. The pull request is to fail where the new model is worse. On GitHub the action of [ci.md](../ci.md) does all of this; these are the commands behind it, which run anywhere.",
    needs: ["candidate"],
    more: ["ci.md", "compare.md", "answers.md"],
    steps: [
      {
        say: "The rules are looked at first: a typo is found before hours of runs, not after them.",
        run: 'pramana compare baseline candidate --check-rules --fail-if "overal < -0.2"',
        status: 2,
      },
      {
        say: "Both models are run on the same tasks. Of what is stored nothing is run again, so that the model in use is run once.",
        run: `pramana run --model ${small} --model ./candidate --tasks ${tasks}`,
      },
      {
        say: "The comparison is over the single answers, pair by pair and row by row, so it can say how sure a difference is. It ends with status 1, as both rules trip.",
        run: `pramana compare ${small} ./candidate --fail-if "overall < -0.2" --fail-if "any < -1.0 and significant" --output report.md report.xml`,
        status: 1,
      },
      {
        say: "In which task did most change?",
        run: `pramana samples ${small} ./candidate`,
      },
      {
        say: "Which pairs got worse?",
        run: `pramana samples ${small} ./candidate --task SICK-R --top 2`,
      },
    ],
  },
  {
    page: "choosing",
    title: "Choosing a model",
    intro: "Two candidates: a small static model and a Transformer. What does quality cost?",
    needs: [],
    more: ["bench.md", "report.md", "planning.md"],
    steps: [
      {
        say: "Before anything is run: what is at hand, and how long it would take.",
        run: `pramana run --model ${miniLm} --tasks STSBenchmark --dry-run`,
        loose: true,
      },
      { say: "Both are run.", run: `pramana run --model ${small} --model ${miniLm} --tasks STSBenchmark` },
      {
        say: "How fast are they? Few lengths and batches will do for a first look.",
        run: `pramana bench --model ${small} --lengths 32,128 --batch-sizes 1,32`,
        loose: true,
      },
      {
        say: "The Transformer.",
        run: `pramana bench --model ${miniLm} --lengths 32,128 --batch-sizes 1,32`,
        loose: true,
      },
      {
        say: "Quality and speed in one table: a window of 80 columns has no room for all of it, a file has.",
        run: "pramana leaderboard --with-bench --format csv",
        loose: true,
      },
      {
        say: "Is the better one really better?",
        run: `pramana compare ${small} ${miniLm}`,
      },
      {
        say: "A page with quality against speed, size and memory, with filters, to be opened in a browser.",
        run: "pramana report --output report.html",
        loose: true,
      },
    ],
  },
  {
    page: "doubting",
    title: "Doubting a row",
    intro:
      "A table says 82.03 for all-MiniLM-L6-v2 on STSBenchmark. Is that so here, too? In the folder `official` lie the results of Python's mteb 2.26.24, as its repository of results has them.",
    needs: ["official"],
    more: ["reproduction.md", "models.md#what-a-repository-runs-as", "prompts.md"],
    steps: [
      {
        say: "The tasks are run, and each score is held against the official one.",
        run: `pramana reproduce --model ${miniLm} --tasks STSBenchmark`,
      },
      {
        say: "Somebody's table has another score. They cut texts after 8 tokens, which the name of their row says.",
        run: `pramana run --model ${miniLm} --max-tokens 8 --tasks STSBenchmark`,
      },
      {
        say: "Is that a difference, or chance?",
        run: `pramana compare ${miniLm} "${miniLm}[maxTokens=8]" --tasks STSBenchmark`,
      },
      {
        say: "What is put before the texts of a task is shown without running it.",
        run: `pramana run --model ${miniLm} --tasks STSBenchmark --explain`,
      },
      { say: "And so is what the model runs as.", run: `pramana models show ${miniLm} | head -30` },
    ],
  },
  {
    page: "own-data",
    title: "Scoring data of one's own",
    intro:
      "A folder `my-corpus` holds documents, questions, and which document answers which question, in BEIR's form (`corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`).",
    needs: ["my-corpus", "my-mails"],
    more: ["custom-tasks.md", "findings.md", "data-files.md"],
    steps: [
      {
        say: "The folder is looked at, and a task file written for it.",
        run: "pramana init my-corpus --output questions.json --name questions",
      },
      { say: "Is anything wrong with the rows? This needs no model.", run: "pramana check questions.json" },
      {
        say: "Two models are run on it.",
        run: `pramana run --model bm25 --model ${small} --task-file questions.json`,
      },
      {
        say: "Which questions fare worst?",
        run: `pramana samples ${small} --task questions --task-file questions.json --top 2`,
      },
      {
        say: "Messages that are sorted by topic: `init` finds the columns by their names.",
        run: "pramana init my-mails",
      },
      {
        say: "Both are one choice of tasks.",
        run: `pramana run --model ${small} --task-file questions.json my-mails.json`,
      },
    ],
  },
  {
    page: "training",
    title: "Watching a training run",
    intro:
      "A trainer writes checkpoints into `out/my-run`: here four of them lie there already, the last of which is worse than the one before it.",
    needs: ["out"],
    more: ["watch.md", "compare.md"],
    steps: [
      {
        say: "The folder above is a mistake that is told.",
        run: "pramana watch out --tasks STSBenchmark,SICK-R --once",
        status: 2,
      },
      {
        say: "`--once` evaluates what is there and ends; without it each new checkpoint is evaluated once it is written. Curves are also written for TensorBoard.",
        run: "pramana watch out/my-run --tasks STSBenchmark,SICK-R --once --tensorboard out/my-run/logs",
      },
      {
        say: "A job of a scheduler ends with 1 as long as the drop stands.",
        run: "pramana watch out/my-run --tasks STSBenchmark,SICK-R --once --fail-on-drop",
        status: 1,
      },
      {
        say: "Two checkpoints are compared as any two runs.",
        run: "pramana compare out/my-run/checkpoint-1500 out/my-run/checkpoint-2000 --results out/my-run/pramana",
      },
    ],
  },
  {
    page: "long",
    title: "Running for hours",
    intro: "Many tasks, a machine that may stop, and a log that is read tomorrow.",
    needs: [],
    more: ["planning.md", "surviving.md", "cluster.md"],
    steps: [
      {
        say: "What a run would take is told before it: here, without a network, the data of one task cannot be had.",
        run: `pramana run --model ${small} --tasks STS12,STS13,STS14,STS15,STS16,ArguAna --dry-run`,
        loose: true,
        status: 1,
      },
      {
        say: "A run is stopped with Ctrl-C after some seconds.",
        run: `timeout --signal INT --preserve-status 15 pramana run --model ${miniLm} --tasks Banking77Classification,STSBenchmark`,
        status: 130,
        loose: true,
      },
      {
        say: "The same command goes on: texts whose vectors are kept are not computed again.",
        run: `pramana run --model ${miniLm} --tasks Banking77Classification,STSBenchmark`,
      },
      {
        say: "And once more: all of it is stored.",
        run: `pramana run --model ${miniLm} --tasks Banking77Classification,STSBenchmark`,
      },
      {
        say: "Two processes with the same command share the tasks. Into a file go lines with the time.",
        run: `pramana run --model ${small} --tasks STS12,STS13 > one.log 2>&1 & pramana run --model ${small} --tasks STS12,STS13 > two.log 2>&1; wait; cat one.log`,
        loose: true,
      },
    ],
  },
];
