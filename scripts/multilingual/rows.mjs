/** Rows of a task as its protocol reads them: what is left of a data set after its preparation. */
import { topicCount } from "./texts.mjs";

const range = (number, make) => Array.from({ length: number }, (_, i) => make(i));

/** Languages of the two sides of a subset. */
const sides = (languages) => [languages[0], languages[1] ?? languages[0]];

/** Labels by topic: numbers, or texts where a task has those; paths where it splits them. */
function labelOf(topic, { form, random }) {
  if (form === "number") return topic;
  if (form === "text") return `topic ${"hbdcagfe"[topic]}`;
  return [`field${topic % 2}`, ...(random() < 0.8 ? [`part${topic}`] : [])];
}

function labelled({ text, label, rows, form, classes, make, languages }) {
  const topics = range(rows, (i) => (i < classes ? i : Math.floor(make.random() * classes)));
  return {
    [text]: topics.map((topic) => make.text(topic, languages[0])),
    [label]: topics.map((topic) => labelOf(topic, { form, random: make.random })),
  };
}

function labelSets({ text, label, rows, form, classes, make, languages }) {
  const topics = range(rows, (i) => (i < classes ? i : Math.floor(make.random() * classes)));
  const sets = topics.map((topic) =>
    [0, 1].flatMap((step) => (make.random() < (step === 0 ? 0.95 : 0.4) ? [(topic + step) % classes] : [])),
  );
  return {
    [text]: topics.map((topic) => make.text(topic, languages[0])),
    [label]: sets.map((set) => set.map((topic) => labelOf(topic, { form, random: make.random }))),
  };
}

/** Pairs of texts that share more or fewer of their words; `nearness` is the share. */
function pairs({ columns: [first, second], rows, make, languages }) {
  const [one, other] = sides(languages);
  const nearness = range(rows, () => 0.2 + 0.8 * make.random());
  const texts = range(rows, (i) => make.text(i, one));
  return {
    nearness,
    columns: { [first]: texts, [second]: texts.map((text, i) => make.near(text, other, nearness[i])) },
  };
}

/** Ways to make the rows of one split of a subset, by type; `rows` and `classes` are numbers. */
export const rowsByType = {
  STS({ task, ...world }) {
    const { minScore, maxScore, columns } = task.settings;
    const { nearness, columns: texts } = pairs({ columns, ...world });
    const score = (share) => Math.round((minScore + (maxScore - minScore) * share) * 100) / 100;
    return { ...texts, score: nearness.map((share) => score((share - 0.2) / 0.8)) };
  },
  PairClassification({ task, ...world }) {
    const { columns, labelColumn } = task.settings;
    const { nearness, columns: texts } = pairs({ columns, ...world });
    return {
      ...texts,
      [labelColumn]: nearness.map((share) => Number(share + 0.3 * world.make.random() > 0.75)),
    };
  },
  BitextMining({ task, ...world }) {
    const { columns } = pairs({ columns: task.settings.columns, ...world });
    return columns;
  },
  Classification: ({ task, ...world }) =>
    labelled({ text: task.settings.textColumn, label: task.settings.labelColumn, ...world }),
  Clustering: ({ task, ...world }) =>
    labelled({ text: task.settings.textColumn, label: task.settings.labelColumn, ...world }),
  MultilabelClassification: ({ task, ...world }) =>
    labelSets({ text: task.settings.textColumn, label: task.settings.labelColumn, ...world }),
};

/** Number of classes, different from task to task. */
export const classesOf = (number) => 2 + (number % (topicCount - 1));

/** Texts in many languages, one column each: what `A-B` means is the same row of two columns. */
export function parallelRows(languages, rows, make) {
  const texts = range(rows, (i) => make.text(i, "eng-Latn"));
  return Object.fromEntries(
    languages.map((language) => [language, texts.map((text) => make.near(text, language.replace("_", "-"), 0.8))]),
  );
}

/** Configs of one language each, whose rows are questions about passages that all languages have by the same links. */
export function linkedConfigs({ query, document, link }, configs, splits, make) {
  const passages = range(8, (i) => make.text(i, "eng-Latn"));
  const rows = range(12, (i) => i % passages.length);
  const table = (language) => {
    const own = passages.map((text) => make.near(text, language, 0.9));
    return {
      [link]: rows.map((i) => `https://example.org/${i}`),
      [document]: rows.map((i) => own[i]),
      [query]: rows.map((i) => make.near(passages[i], language, 0.6)),
    };
  };
  return Object.fromEntries(
    configs.map((config) => [
      config,
      Object.fromEntries(splits.map((split) => [split, table(config.replace("_", "-"))])),
    ]),
  );
}

/**
 * Documents, queries and judgements of a subset, by the part of its config's name. Some documents are judged that are
 * not there, and a query has no judgement.
 */
export function rankingParts({ task, splits, languages, make, number }) {
  const [queryLanguage, corpusLanguage] = sides(languages);
  const idColumn = number % 3 === 0 ? "id" : "_id";
  const isPaired = task.settings.furtherScores === "p-MRR";
  // Numbers are ids too, where the reference casts all columns of them to texts.
  const areNumbers = idColumn === "_id" && number % 5 < 2 && !task.settings.ignoreIdenticalIds && !isPaired;
  const idOf = (i) => (areNumbers ? 100 + i : `d${i}`);
  const documents = range(40, (i) => ({ id: idOf(i), text: make.text(i, corpusLanguage) }));
  const titles = number % 4 === 1 ? {} : { title: documents.map((_, i) => (i % 5 === 0 ? "" : `Title ${i}`)) };
  const parts = {
    corpus: {
      corpus: { [idColumn]: documents.map(({ id }) => id), ...titles, text: documents.map(({ text }) => text) },
    },
    queries: {},
    qrels: {},
  };
  const isReranking = task.type === "Reranking" || task.type === "InstructionReranking";
  if (isReranking) parts.top_ranked = {};
  if (isPaired) Object.assign(parts, { instruction: { instruction: { "query-id": [], instruction: [] } } });
  if (isPaired) parts.qrel_diff = { qrel_diff: { "query-id": [], "corpus-ids": [] } };
  for (const split of splits) {
    const stems = range(10, (i) => (task.settings.ignoreIdenticalIds && i < 3 ? idOf(i) : `${split}-q${i}`));
    const endings = isPaired ? ["-og", "-changed"] : [""];
    const queries = stems.flatMap((stem, i) =>
      endings.map((ending) => ({
        id: `${stem}${ending}`,
        text: make.near(documents[3 * i].text, queryLanguage, 0.6),
        i,
      })),
    );
    const qrels = { "query-id": [], "corpus-id": [], score: [] };
    for (const { id, i } of queries.slice(0, -endings.length)) {
      const judged = [3 * i, 3 * i + 1, (7 * i + 5) % documents.length];
      for (const [place, document] of [...new Set(judged)].entries()) {
        qrels["query-id"].push(id);
        qrels["corpus-id"].push(idOf(document));
        qrels.score.push(place === 2 ? 0 : 2 - place);
      }
      if (i === 4 && !isReranking) {
        qrels["query-id"].push(id);
        qrels["corpus-id"].push(idOf(documents.length));
        qrels.score.push(1);
      }
    }
    parts.queries[split] = { [idColumn]: queries.map(({ id }) => id), text: queries.map(({ text }) => text) };
    parts.qrels[split] = qrels;
    if (isReranking) {
      parts.top_ranked[split] = {
        "query-id": queries.map(({ id }) => id),
        "corpus-ids": queries.map(({ i }) => range(20, (n) => idOf((3 * i + n) % documents.length))),
      };
    }
    if (isPaired) {
      parts.instruction.instruction["query-id"].push(...queries.map(({ id }) => id));
      parts.instruction.instruction.instruction.push(...queries.map(({ i }) => make.text(i + 1, queryLanguage)));
      parts.qrel_diff.qrel_diff["query-id"].push(...stems.slice(0, -1));
      parts.qrel_diff.qrel_diff["corpus-ids"].push(...stems.slice(0, -1).map((_, i) => (i === 2 ? [] : [idOf(3 * i)])));
    }
  }
  return parts;
}
