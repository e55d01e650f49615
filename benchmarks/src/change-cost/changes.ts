/** One thing that a team asks of its pipeline next. */
export interface Change {
  /** The folder of its patches in `benchmarks/changes`. */
  id: string
  /** What it does, in a sentence: the same for both builds. */
  what: string
  /**
   * The builds stand after it: their copies are taken back by the patch first. What was there before was held to the whole suite by
   * `npm run older-sdk`; what is there now is held to it by every test.
   */
  isMade?: true
}

/** The changes that are made to each build, those that a framework should win among them. */
export const changes: readonly Change[] = [
  {
    id: 'tool-loop',
    what: 'The model calls tools until it has an answer: side by side, with checked arguments, and no more often than it may.',
  },
  {
    id: 'structured-output',
    what: 'The model answers in a given shape, and the caller gets it parsed and typed, or an error.',
  },
  {
    id: 'cache-store',
    what: 'Answers and vectors are kept in a directory of files that machines may share.',
  },
  {
    id: 'retrieval',
    what: 'Questions are answered from the passages nearest in meaning, whose vectors are cached.',
  },
  {
    id: 'second-provider',
    what: "Models of Anthropic, over its own API, answer beside OpenAI's: whole and streamed, with tools, guarded, recorded and cached.",
  },
  {
    id: 'sdk-major',
    what: 'The next major version of the SDK: from openai 6.49.0 to 7.57.0, on LangChain.js with the @langchain/openai that takes it.',
    isMade: true,
  },
]

export const builds = ['scratch', 'langchain'] as const

export type Build = (typeof builds)[number]
