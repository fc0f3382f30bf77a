import type { AdapterChoice, Instruct, Instruction } from "../../encoder.ts";

/*
 * Constants that mteb 2.26.24 publishes in code (Apache License, Version 2.0): the prompts of models whose repository does
 * not hold them (`mteb/models/model_implementations`). The instructions of tasks and task types stand with the tasks.
 */

/** Published prompts of a model, and its limit. */
export interface PublishedModel {
  /** Prompts by name. */
  readonly prompts?: Readonly<Record<string, string>>;
  readonly instruct?: Instruct;
  readonly adapterChoice?: AdapterChoice;
  /** Name of the prompt that applies where no other does; that of the repository where absent. */
  readonly defaultPromptName?: string;
  /** Longest input in tokens, in place of the repository's own. */
  readonly maxTokens?: number;
}

/** Makes a table of prompts by name, from the names that share each prompt, separated by blanks. */
const keyed = (names: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(names).flatMap(([prompt, keys]) => keys.split(" ").map((key) => [key, prompt])));

const forBothRoles = (instruction: string): Instruction => ({ query: instruction, passage: instruction });

const duplicateQuestions =
  "Given a question, retrieve detailed question descriptions from Stackexchange that are duplicates to the given question";

/** Instructions of `tarka_models.py`, which follow those of Qwen3-Embedding. */
const tarka: Readonly<Record<string, Instruction>> = {
  ...keyed({
    "Classify a given Amazon customer review text as either counterfactual or not-counterfactual":
      "AmazonCounterfactualClassification",
    "Classify Amazon reviews into positive or negative sentiment": "AmazonPolarityClassification",
    "Classify the given Amazon review into its appropriate rating category": "AmazonReviewsClassification",
    "Given a online banking query, find the corresponding intents":
      "Banking77Classification Banking77Classification.v2",
    "Classify the emotion expressed in the given Twitter message into one of the six emotions: anger, fear, joy, love, sadness, and surprise":
      "EmotionClassification",
    "Classify the sentiment expressed in the given movie review text from the IMDB dataset": "ImdbClassification",
    "Given a user utterance as query, find the user intents": "MassiveIntentClassification",
    "Given a user utterance as query, find the user scenarios": "MassiveScenarioClassification",
    "Classify the intent domain of the given utterance in task-oriented conversation": "MTOPDomainClassification",
    "Classify the intent of the given utterance in task-oriented conversation": "MTOPIntentClassification",
    "Classify the given comments as either toxic or not toxic": "ToxicConversationsClassification",
    "Classify the sentiment of a given tweet as either positive, negative, or neutral":
      "TweetSentimentExtractionClassification",
    "Classify the fine-grained category of the given news title": "TNews",
    "Given an App description text, find the appropriate fine-grained category": "IFlyTek",
    "Classify sentiment of the customer review into positive, neutral, or negative": "MultilingualSentiment",
    "Classify the customer review for iPhone on e-commerce platform into positive or negative": "JDReview",
    "Classify the customer review for online shopping into positive or negative": "OnlineShopping",
    "Classify the customer review from a food takeaway platform into positive or negative": "Waimai",
    "Identify the main and secondary category of Arxiv papers based on the titles and abstracts":
      "ArxivClusteringP2P ArXivHierarchicalClusteringP2P",
    "Identify the main and secondary category of Arxiv papers based on the titles":
      "ArxivClusteringS2S ArXivHierarchicalClusteringS2S",
    "Identify the main category of Biorxiv papers based on the titles and abstracts":
      "BiorxivClusteringP2P BiorxivClusteringP2P.v2",
    "Identify the main category of Biorxiv papers based on the titles": "BiorxivClusteringS2S",
    "Identify the main category of Medrxiv papers based on the titles and abstracts":
      "MedrxivClusteringP2P MedrxivClusteringP2P.v2",
    "Identify the main category of Medrxiv papers based on the titles": "MedrxivClusteringS2S MedrxivClusteringS2S.v2",
    "Identify the topic or theme of Reddit posts based on the titles": "RedditClustering",
    "Identify the topic or theme of Reddit posts based on the titles and posts": "RedditClusteringP2P",
    "Identify the topic or theme of StackExchange posts based on the titles":
      "StackExchangeClustering StackExchangeClustering.v2",
    "Identify the topic or theme of StackExchange posts based on the given paragraphs":
      "StackExchangeClusteringP2P StackExchangeClusteringP2P.v2",
    "Identify the topic or theme of the given news articles":
      "TwentyNewsgroupsClustering TwentyNewsgroupsClustering.v2",
    "Identify the main category of scholar papers based on the titles": "CLSClusteringS2S",
    "Identify the main category of scholar papers based on the titles and abstracts": "CLSClusteringP2P",
    "Identify the topic or theme of the given news articles based on the titles":
      "ThuNewsClusteringS2S MasakhaNEWSClusteringS2S",
    "Identify the topic or theme of the given news articles based on the titles and contents":
      "ThuNewsClusteringP2P MasakhaNEWSClusteringP2P",
    "Retrieve duplicate questions from AskUbuntu forum": "AskUbuntuDupQuestions",
    "Retrieve relevant news articles based on user browsing history": "MindSmallReranking",
    "Given a title of a scientific paper, retrieve the titles of other relevant papers": "SciDocsRR",
    "Retrieve duplicate questions from StackOverflow forum": "StackOverflowDupQuestions",
    "Retrieve duplicate questions from Sprint forum": "SprintDuplicateQuestions",
    "Retrieve tweets that are semantically similar to the given tweet": "TwitterSemEval2015 TwitterURLCorpus",
    "Given a Chinese search query, retrieve web passages that answer the question":
      "T2Reranking MmarcoReranking T2Retrieval DuRetrieval",
    "Given a Chinese community medical question, retrieve replies that best answer the question":
      "CMedQAv1 CMedQAv2 CmedqaRetrieval",
    "Retrieve semantically similar text.": "Ocnli Cmnli",
    "Given a claim about climate change, retrieve documents that support or refute the claim":
      "ClimateFEVER ClimateFEVERHardNegatives",
    "Given a query, retrieve relevant entity descriptions from DBPedia": "DBPedia DBPedia-PL",
    "Given a claim, retrieve documents that support or refute the claim": "FEVER FEVERHardNegatives",
    "Given a financial question, retrieve user replies that best answer the question": "FiQA2018 FiQA-PL",
    "Given a multi-hop question, retrieve documents that can help answer the question":
      "HotpotQA HotpotQAHardNegatives HotpotQA-PL",
    "Given a web search query, retrieve relevant passages that answer the query": "MSMARCO MMarcoRetrieval MSMARCO-PL",
    "Given a question, retrieve relevant documents that best answer the question": "NFCorpus NFCorpus-PL",
    "Given a question, retrieve Wikipedia passages that answer the question": "NQ NQ-PL RuBQReranking RuBQRetrieval",
    "Given a question, retrieve questions that are semantically equivalent to the given question":
      "QuoraRetrieval Quora-PL",
    "Given a scientific paper title, retrieve paper abstracts that are cited by the given paper": "SCIDOCS SCIDOCS-PL",
    "Given a scientific claim, retrieve documents that support or refute the claim": "SciFact SciFact-PL",
    "Given a question, retrieve detailed and persuasive arguments that answer the question":
      "Touche2020 Touche2020Retrieval.v3",
    "Given a query on COVID-19, retrieve documents that answer the query": "TRECCOVID TRECCOVID-PL",
    "Given a question on COVID-19, retrieve news articles that answer the question": "CovidRetrieval",
    "Given a user query from an e-commerce website, retrieve description sentences of relevant products":
      "EcomRetrieval",
    "Given a medical question, retrieve user replies that best answer the question": "MedicalRetrieval",
    "Given a video search query, retrieve the titles of relevant videos": "VideoRetrieval",
    "Retrieve semantically similar text":
      "STSBenchmarkMultilingualSTS SICKFr OpusparcusPC PawsX SICK-E-PL SICK-R-PL STS22 AFQMC BQ LCQMC PAWSX QBQTC STS12 PPC CDSC-E PSC RUParaPhraserSTS RuSTSBenchmarkSTS CTKFactsNLI indonli ArmenianParaphrasePC PawsXPairClassification RTE3 XNLI PpcPC GermanSTSBenchmark SICK-R STS13 STS14 STSBenchmark FaroeseSTS FinParaSTS JSICK IndicCrosslingualSTS SemRel24STS STS17 STS22.v2 STSES STSB STS15 BIOSSES STS16 SummEval ATEC",
    "Given a news summary, retrieve other semantically similar summaries": "SummEvalFr",
    "Classify the News in the given texts into one of the seven category: politics,sports,health,business,entertainment,technology,religion ":
      "MasakhaNEWSClassification",
    "Identify the main category of Allo Prof document based on the titles and descriptions": "AlloProfClusteringP2P",
    "Identify the main category of Allo Prof document based on the titles": "AlloProfClusteringS2S",
    "Identify the main category of academic passage based on the titles and contents": "HALClusteringS2S",
    "Identify the topic or theme of the given articles based on the titles and contents": "MLSUMClusteringP2P",
    "Identify the topic or theme of the given articles based on the titles": "MLSUMClusteringS2S",
    "Given a question, retrieve passages that answer the question":
      "SyntecReranking AlloprofReranking AlloprofRetrieval BSARDRetrieval SyntecRetrieval XPQARetrieval MintakaRetrieval",
    "Classify the sentiment of polish tweet reviews": "CBD",
    "Classify the sentiment of in-domain (medicine and hotels) online reviews": "PolEmo2.0-IN",
    "Classify the sentiment of out-of-domain (products and school) online reviews": "PolEmo2.0-OUT",
    "Classify the sentiment of reviews from e-commerce marketplace Allegro": "AllegroReviews",
    'Classify the sentence into one of the two types: "BEZPIECZNE_POSTANOWIENIE_UMOWNE" and "KLAUZULA_ABUZYWNA"': "PAC",
    "Identify of headlines from social media posts in Polish  into 8 categories: film, history, food, medicine, motorization, work, sport and technology":
      "8TagsClustering",
    "Given a claim, find documents that refute the claim": "ArguAna-PL",
    "Classify the organization rating based on the reviews": "GeoreviewClassification",
    "Classify the topic or theme of the given news headline": "HeadlineClassification",
    "Classify the given message as either sensitive topic or not": "InappropriatenessClassification",
    "Classify the sentiment expressed in the given movie review text": "KinopoiskClassification",
    "Classify product reviews into positive, negative or neutral sentiment": "RuReviewsClassification",
    "Classify the category of scientific papers based on the titles and abstracts":
      "RuSciBenchGRNTIClassification RuSciBenchOECDClassification",
    "Identify the organization category based on the reviews": "GeoreviewClusteringP2P",
    "Identify the category of scientific papers based on the titles and abstracts":
      "RuSciBenchGRNTIClusteringP2P RuSciBenchOECDClusteringP2P",
    "Given a premise, retrieve a hypothesis that is entailed by the premise": "TERRa",
    "Given a headline, retrieval relevant articles": "RiaNewsRetrieval",
    "Given a question about code problem, retrieval code that can solve user's problem": "AppsRetrieval",
    "Given a code snippet, retrieve the comment corresponding to that code.":
      "COIRCodeSearchNetRetrieval CodeSearchNetRetrieval",
    "Given a piece of code, retrieval code that in the ": "CodeEditSearchRetrieval",
    "Given a question about coding, retrieval code or passage that can solve user's question":
      "CodeFeedbackMT CodeFeedbackST CosQA StackOverflowQA",
    "Given a code comment, retrieve the code snippet corresponding to that comment.": "CodeSearchNetCCRetrieval",
    "Given a piece for code, retrieval semantically similar code": "CodeTransOceanContest CodeTransOceanDL",
    "Given a user's question, retrieve SQL queries that are appropriate responses to the question": "SyntheticText2SQL",
    "Retrieve parallel sentences":
      "BibleNLPBitextMining BUCC.v2 DiaBlaBitextMining FloresBitextMining IN22GenBitextMining IndicGenBenchFloresBitextMining NollySentiBitextMining NTREXBitextMining NusaTranslationBitextMining NusaXBitextMining Tatoeba",
    "Classify user reviews into positive or negative sentiment": "BulgarianStoreReviewSentimentClassfication",
    "Classify product reviews into positive or negative sentiment": "CzechProductReviewSentimentClassification",
    "Given a greek legal text, classify its topic": "GreekLegalCodeClassification",
    "Given a Wikipedia articles, categorized it into classes based on its DBpedia ontology": "DBpediaClassification",
    "Given financial news, categorized by sentiment into positive, negative, or neutral":
      "FinancialPhrasebankClassification",
    "Gvien a poem, categorized by sentiment into positive, no_impact, negative or mixed": "PoemSentimentClassification",
    "Gvien a twitter, classify its topic": "TweetTopicSingleClassification",
    "Given a news article, categorized by sentiment into negatiivne, positiivne, neutraalne or vastuolulin":
      "EstonianValenceClassification",
    "Given a shop review, classify its rating on a scale from 1 to 5": "FilipinoShopeeReviewsClassification",
    "Given a Gujarati news articles, classify its topic": "GujaratiNewsClassification",
    "Given a hindi text, categorized by sentiment into positive, negative or neutral": "SentimentAnalysisHindi",
    "Given an Indonesian news headlines, classify its into clickbait or non-clickbait":
      "IndonesianIdClickbaitClassification",
    "Given a judgments, classify its topic": "ItaCaseholdClassification",
    "Given a twitter, categorized it into sarcasm or not_sarcasm": "KorSarcasmClassification",
    "Given a text, categorized by sentiment into positive or negative": "KurdishSentimentClassification NusaX-senti",
    "Given a Macedonian tweet, categorized by sentiment into positive, negative, or neutral":
      "MacedonianTweetSentimentClassification",
    "Given a text, categorized by sentiment into positive, negative, or neutral": "AfriSentiClassification",
    "Given a tweet, categorized by sentiment into AGAINST, FAVOR or NEUTRAL": "CataloniaTweetClassification",
    "Given a text, classify its language": "CyrillicTurkicLangClassification IndicLangClassification",
    "Given a text, categorized by sentiment into hate or non-hate": "MultiHateClassification",
    "Given a paragraph, classify its emotion": "NusaParagraphEmotionClassification",
    "Given a news article, categorized it into approval or dismissal": "SwissJudgementClassification",
    "Given a news article, categorized it into business, entertainment or sports":
      "NepaliNewsClassification OdiaNewsClassification",
    "Given a news article, categorized it into two-classes": "PunjabiNewsClassification",
    "Given a news article, categorized it into political, business, technology, sports and Entertainment":
      "SinhalaNewsClassification",
    "Given a movie review, classify its rating on a scale from 0 to 5": "CSFDSKMovieReviewSentimentClassification",
    "Given a news article, classify its topic":
      "SiswatiNewsClassification TswanaNewsClassification IsiZuluNewsClassification",
    "Given a movie review, categorized it into positive or negative": "SlovakMovieReviewSentimentClassification",
    "Given a news article, classify its domain": "SwahiliNewsClassification",
    "Identify of Wikipedia articles of cities by country": "WikiCitiesClustering",
    "Identify verses from the Bible in Kalderash Romani by book.": "RomaniBibleClustering",
    "Identify the category of documents from the Big Patent dataset": "BigPatentClustering.v2",
    "Identify the topic of document titles from Allo Prof dataset": "AlloProfClusteringS2S.v2",
    "Identify the topic of titles from HAL": "HALClusteringS2S.v2",
    "Identify the category of documents": "SIB200ClusteringS2S",
    "Identify the category of wiki passages": "WikiClusteringP2P.v2",
    "Identify the category of titles+abstracts from Library of Science": "PlscClusteringP2P.v2",
    "Given a Korean online news comments, classify its fine-grained hate speech classes":
      "KorHateSpeechMLClassification",
    "Given a maltese new, classify its topic": "MalteseNewsClassification",
    "Given a text, classify its topic": "MultiEURLEXMultilabelClassification",
    "Given a tweet, classify its topic": "BrazilianToxicTweetsClassification",
    "Identifying the most relevant statutes for a given situation": "AILAStatutes",
    "Retrieval the relevant passage for the given query":
      "HagridRetrieval LegalBenchCorporateLobbying LEMBPasskeyRetrieval BelebeleRetrieval MLQARetrieval StatcanDialogueDatasetRetrieval WikipediaRetrievalMultilingual Core17InstructionRetrieval News21InstructionRetrieval Robust04InstructionRetrieval WebLINXCandidatesReranking WikipediaRerankingMultilingual",
    "Retrieval relevant passage for the given query": "MIRACLRetrievalHardNegatives",
    [duplicateQuestions]: "CQADupstackRetrieval",
    "Given a news summary, retrieve other semantically similar summaries.": "SummEvalSummarization.v2",
  }),
  ArguAna: forBothRoles("Given a claim, find documents that refute the claim"),
  CQADupstackGamingRetrieval: forBothRoles(duplicateQuestions),
  CQADupstackUnixRetrieval: forBothRoles(duplicateQuestions),
};

/** `KaLM_v2_task_prompts` of `kalm_models.py`. */
const kalm: Readonly<Record<string, string>> = keyed({
  "Given an Amazon review, judge whether it is counterfactual.": "AmazonCounterfactualClassification",
  "Classifying Amazon reviews into positive or negative sentiment": "AmazonPolarityClassification",
  "Classifying the given Amazon review into its appropriate rating category": "AmazonReviewsClassification",
  "Given an online banking query, find the corresponding intents": "Banking77Classification",
  "Classifying the emotion expressed in the given Twitter message into one of the six emotions: anger, fear, joy, love, sadness, and surprise":
    "EmotionClassification",
  "Classifying the sentiment expressed in the given movie review text from the IMDB dataset": "ImdbClassification",
  "Given a user utterance as query, find the user intents": "MassiveIntentClassification",
  "Given a user utterance as query, find the user scenarios": "MassiveScenarioClassification",
  "Classifying the intent domain of the given utterance in task-oriented conversation": "MTOPDomainClassification",
  "Classifying the intent of the given utterance in task-oriented conversation": "MTOPIntentClassification",
  "Classifying the given comments as either toxic or not toxic": "ToxicConversationsClassification",
  "Classifying the sentiment of a given tweet as either positive, negative, or neutral":
    "TweetSentimentExtractionClassification",
  "Categorizing the given news title": "TNews",
  "Given an App description text, find the appropriate fine-grained category": "IFlyTek",
  "Classifying sentiment of the customer review into positive, neutral, or negative": "MultilingualSentiment",
  "Classifying sentiment of the customer review for iPhone into positive or negative": "JDReview",
  "Classifying sentiment of the customer review into positive or negative": "OnlineShopping",
  "Classify the customer review from a food takeaway platform into positive or negative": "Waimai",
  "Identify the main and secondary category of Arxiv papers based on the titles and abstracts": "ArxivClusteringP2P",
  "Identify the main and secondary category of Arxiv papers based on the titles": "ArxivClusteringS2S",
  "Identify the main category of Biorxiv papers based on the titles and abstracts": "BiorxivClusteringP2P",
  "Identify the main category of Biorxiv papers based on the titles": "BiorxivClusteringS2S",
  "Identify the main category of Medrxiv papers based on the titles and abstracts": "MedrxivClusteringP2P",
  "Identify the main category of Medrxiv papers based on the titles": "MedrxivClusteringS2S",
  "Identify the topic or theme of Reddit posts based on the titles": "RedditClustering",
  "Identify the topic or theme of Reddit posts based on the titles and posts": "RedditClusteringP2P",
  "Identify the topic or theme of StackExchange posts based on the titles": "StackExchangeClustering",
  "Identify the topic or theme of StackExchange posts based on the given paragraphs": "StackExchangeClusteringP2P",
  "Identify the topic or theme of the given news articles": "TwentyNewsgroupsClustering",
  "Identify the main category of scholar papers based on the titles": "CLSClusteringS2S",
  "Identify the main category of scholar papers based on the titles and abstracts": "CLSClusteringP2P",
  "Identify the topic or theme of the given news articles based on the titles": "ThuNewsClusteringS2S",
  "Identify the topic or theme of the given news articles based on the titles and contents": "ThuNewsClusteringP2P",
  "Retrieve semantically similar text":
    "Cmnli-query Cmnli-document Ocnli-query Ocnli-document TwitterSemEval2015-query TwitterSemEval2015-document TwitterURLCorpus-query TwitterURLCorpus-document AFQMC-query AFQMC-document ATEC-query ATEC-document BQ-query BQ-document LCQMC-query LCQMC-document PAWSX-query PAWSX-document QBQTC-query QBQTC-document STSB-query STSB-document BIOSSES-query BIOSSES-document SICK-R-query SICK-R-document STS12-query STS12-document STS13-query STS13-document STS14-query STS14-document STS15-query STS15-document STS16-query STS16-document STS17-query STS17-document STS22-query STS22-document STSBenchmark-query STSBenchmark-document",
  "Retrieve semantically similar questions":
    "SprintDuplicateQuestions-query SprintDuplicateQuestions-document AskUbuntuDupQuestions-query AskUbuntuDupQuestions-document StackOverflowDupQuestions-query StackOverflowDupQuestions-document QuoraRetrieval-query QuoraRetrieval-document",
  "Given a query, retrieve documents that answer the query":
    "CMedQAv1-reranking CMedQAv2-reranking MMarcoReranking T2Reranking MindSmallReranking CmedqaRetrieval CovidRetrieval DuRetrieval EcomRetrieval MedicalRetrieval MMarcoRetrieval T2Retrieval VideoRetrieval MSMARCO ArguAna ClimateFEVER DBPedia FEVER FiQA2018 HotpotQA NFCorpus NQ SCIDOCS-query SCIDOCS-document SciFact Touche2020 TRECCOVID",
  "Retrieve relevant paper titles": "SciDocsRR-query SciDocsRR-document",
  [duplicateQuestions]:
    "CQADupstackAndroidRetrieval-query CQADupstackAndroidRetrieval-document CQADupstackEnglishRetrieval-query CQADupstackEnglishRetrieval-document CQADupstackGamingRetrieval-query CQADupstackGamingRetrieval-document CQADupstackGisRetrieval-query CQADupstackGisRetrieval-document CQADupstackMathematicaRetrieval-query CQADupstackMathematicaRetrieval-document CQADupstackPhysicsRetrieval-query CQADupstackPhysicsRetrieval-document CQADupstackProgrammersRetrieval-query CQADupstackProgrammersRetrieval-document CQADupstackStatsRetrieval-query CQADupstackStatsRetrieval-document CQADupstackTexRetrieval-query CQADupstackTexRetrieval-document CQADupstackUnixRetrieval-query CQADupstackUnixRetrieval-document CQADupstackWebmastersRetrieval-query CQADupstackWebmastersRetrieval-document CQADupstackWordpressRetrieval-query CQADupstackWordpressRetrieval-document",
  "Retrieve semantically similar summaries": "SummEval-query SummEval-document",
});

/** `model_prompts` of `bge_models.py`. */
const bge: Readonly<Record<string, string>> = keyed({
  "Represent this sentence for searching relevant passages: ": "query",
  "Represent this biology post for searching relevant passages: ": "BrightBiologyRetrieval-query",
  "Represent this earth_science post for searching relevant passages: ": "BrightEarthScienceRetrieval-query",
  "Represent this economics post for searching relevant passages: ": "BrightEconomicsRetrieval-query",
  "Represent this psychology post for searching relevant passages: ": "BrightPsychologyRetrieval-query",
  "Represent this robotics post for searching relevant passages: ": "BrightRoboticsRetrieval-query",
  "Represent this stackoverflow post for searching relevant passages: ": "BrightStackoverflowRetrieval-query",
  "Represent this sustainable_living post for searching relevant passages: ": "BrightSustainableLivingRetrieval-query",
  "Represent this Pony question for searching relevant passages: ": "BrightPonyRetrieval-query",
  "Represent this Coding problem for searching relevant examples: ": "BrightLeetcodeRetrieval-query",
  "Represent this Math problem for searching relevant examples: ":
    "BrightAopsRetrieval-query BrightTheoremQAQuestionsRetrieval-query",
  "Represent this Math problem for searching relevant theorems: ": "BrightTheoremQATheoremsRetrieval-query",
  "Represent this biology post for searching relevant documents: ": "BrightBiologyLongRetrieval-query",
  "Represent this earth_science post for searching relevant documents: ": "BrightEarthScienceLongRetrieval-query",
  "Represent this economics post for searching relevant documents: ": "BrightEconomicsLongRetrieval-query",
  "Represent this psychology post for searching relevant documents: ": "BrightPsychologyLongRetrieval-query",
  "Represent this robotics post for searching relevant document: ": "BrightRoboticsLongRetrieval-query",
  "Represent this stackoverflow post for searching relevant document: ": "BrightStackoverflowLongRetrieval-query",
  "Represent this sustainable_living post for searching relevant documents: ":
    "BrightSustainableLivingLongRetrieval-query",
  "Represent this Pony question for searching relevant documents: ": "BrightPonyLongRetrieval-query",
});

const searchQuery = { query: "Represent this sentence for searching relevant passages: " } as const;
const e5 = { query: "query: ", document: "passage: " } as const;
const e5Instruct: Instruct = {
  template: "Instruct: {instruction}\nQuery: ",
  applyToDocuments: false,
  instructions: {},
};
const qwen3: Instruct = { ...e5Instruct, template: "Instruct: {instruction}\nQuery:" };
const kalmInstruct: PublishedModel = {
  instruct: { template: "Instruct: {instruction} \n Query: ", applyToDocuments: false, instructions: kalm },
  maxTokens: 512,
};

/** `JinaWrapper` of `jina_models.py`, whose prompts go by adapter; the other names are those of the repository itself. */
const jinaV3: PublishedModel = {
  prompts: keyed({
    "Represent the query for retrieving evidence documents: ": "Retrieval-query retrieval.query",
    "Represent the document for retrieval: ": "Retrieval-document retrieval.passage",
    "": "separation classification text-matching",
  }),
  adapterChoice: {
    byTask: keyed({
      "retrieval.query": "Retrieval-query",
      "retrieval.passage": "Retrieval-document",
      separation: "Clustering Reranking",
      classification: "Classification PairClassification MultilabelClassification",
      "text-matching": "STS BitextMining Summarization",
    }),
  },
};

/** `JinaV5TextWrapper` of `jina_models.py`, which puts `Document: ` before all texts but queries. */
const jinaV5: PublishedModel = {
  prompts: { query: "Query: ", document: "Document: " },
  defaultPromptName: "document",
  adapterChoice: {
    byTask: keyed({
      retrieval: "Retrieval Reranking InstructionReranking",
      clustering: "Clustering",
      classification: "Classification MultilabelClassification",
      "text-matching": "STS PairClassification BitextMining Summarization",
    }),
    otherwise: "retrieval",
  },
};

/** By repository. */
export const publishedModels: Readonly<Record<string, PublishedModel>> = {
  "jinaai/jina-embeddings-v3": jinaV3,
  "jinaai/jina-embeddings-v5-text-nano": jinaV5,
  "jinaai/jina-embeddings-v5-text-small": jinaV5,
  "Tarka-AIR/Tarka-Embedding-350M-V1": { instruct: { ...qwen3, instructions: tarka } },
  "mixedbread-ai/mxbai-embed-large-v1": { prompts: searchQuery },
  "WhereIsAI/UAE-Large-V1": {
    prompts: {
      query: "Represent this sentence for searching relevant passages: {text}",
      Summarization: 'Summarize sentence "{text}" in one word:"',
    },
  },
  "BAAI/bge-large-en-v1.5": { prompts: bge },
  "BAAI/bge-base-en-v1.5": { prompts: bge },
  "BAAI/bge-small-en-v1.5": { prompts: bge },
  "intfloat/e5-large": { prompts: e5 },
  "intfloat/e5-large-v2": { prompts: e5 },
  "intfloat/multilingual-e5-large-instruct": { instruct: e5Instruct },
  "intfloat/e5-mistral-7b-instruct": { instruct: e5Instruct },
  "MongoDB/mdbr-leaf-ir": { prompts: searchQuery },
  "MongoDB/mdbr-leaf-mt": { prompts: searchQuery },
  "KaLM-Embedding/KaLM-embedding-multilingual-mini-instruct-v2.5": kalmInstruct,
  "HIT-TMG/KaLM-embedding-multilingual-mini-instruct-v2": kalmInstruct,
  "Qwen/Qwen3-Embedding-0.6B": { instruct: qwen3 },
  "Qwen/Qwen3-Embedding-4B": { instruct: qwen3 },
  "Qwen/Qwen3-Embedding-8B": { instruct: qwen3 },
};
