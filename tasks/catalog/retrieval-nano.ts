import type { RetrievalTask } from "../task.ts";
import { englishDocuments, prompts } from "./common.ts";

const nano = (
  name: string,
  revision: string,
  prompt: { readonly query: string },
  reference: string,
): RetrievalTask => ({
  name: `Nano${name}Retrieval`,
  ...englishDocuments,
  splits: ["train"],
  dataset: { path: `mteb/Nano${name}Retrieval`, revision },
  prompt,
  licence: "cc-by-4.0",
  reference,
});

/** NanoBEIR, 50 queries of each data set: data sets, revisions, prompts and references as mteb 2.26 registers them. */
export const nanoBeirTasks: readonly RetrievalTask[] = [
  nano(
    "ArguAna",
    "63ac9f026e8f6b85dc0622f3d630ed7a1758e9ec",
    prompts.arguAna,
    "http://argumentation.bplaced.net/arguana/data",
  ),
  nano(
    "ClimateFever",
    "ccb5552bc17e87afe0f9479fb4346898213a71db",
    prompts.climateFever,
    "https://arxiv.org/abs/2012.00614",
  ),
  nano(
    "DBPedia",
    "2d088f80d7a640eac0be5c66408d68c3f782baa1",
    prompts.dbpedia,
    "https://huggingface.co/datasets/zeta-alpha-ai/NanoDBPedia",
  ),
  nano("FEVER", "a6490dfeed0f13c2a052e39c6ddaeb6086afd4a8", prompts.fever, "https://fever.ai/"),
  nano("FiQA2018", "ede84da4793cd2d4e61bba0dd08fc58de90f3681", prompts.fiqa, "https://sites.google.com/view/fiqa/"),
  nano("HotpotQA", "a38a2615f29adba8b47a42905031aa9c137d8fae", prompts.hotpotQa, "https://hotpotqa.github.io/"),
  nano("MSMARCO", "5a5aa0c3df65d6883d85c8f5cdc88e679633595e", prompts.msMarco, "https://microsoft.github.io/msmarco/"),
  nano(
    "NFCorpus",
    "2eec9d63140fb9af7c75ad0fdbf6350aaf20e94e",
    prompts.nfCorpus,
    "https://www.cl.uni-heidelberg.de/statnlpgroup/nfcorpus/",
  ),
  nano(
    "NQ",
    "e3973b405feb9e94d07fd971d690d24d7f45264a",
    prompts.naturalQuestions,
    "https://ai.google.com/research/NaturalQuestions",
  ),
  nano(
    "Quora",
    "3ee153e5710da83a7f35df0cb1db4a0ad036072a",
    prompts.quora,
    "https://quoradata.quora.com/First-Quora-Dataset-Release-Question-Pairs",
  ),
  nano("SCIDOCS", "cf39b8741a6f2e984d0b8f4796b2dd5bb65390f9", prompts.scidocs, "https://allenai.org/data/scidocs"),
  nano("SciFact", "8c5f7bbe90bb865f46c67710221afa7d9096251b", prompts.sciFact, "https://github.com/allenai/scifact"),
  nano(
    "Touche2020",
    "ff81c0caff8b6febe1495eae9f2ca3eddad074b8",
    prompts.touche,
    "https://webis.de/events/touche-20/shared-task-1.html",
  ),
];
