/**
 * LangChain.js as its own documentation advises, with nothing of ours: `ChatOpenAI`, a callback handler that reads
 * `usage_metadata`, `InMemoryCache`, `CacheBackedEmbeddings` and `piiMiddleware`. The page that each part follows is named
 * where it is used. Ours is the translation between the wire and LangChain's own types, and nothing that LangChain does is
 * repaired in it. Errors pass through as they are.
 *
 * One thing is given: the records go into the collector of `core`. LangChain has none, and without one every clause that adds
 * up records would fail for want of a sum and say nothing about the records.
 */
import { defineEntrant, installedVersion } from '@plumbline/conformance'

import { createLangChainPipeline } from './pipeline.ts'

const noPrices = 'LangChain.js knows no prices.'

export const langchainStock = defineEntrant({
  name: 'langchain-stock',
  version: installedVersion('langchain', import.meta.url),
  offers: [
    'chat',
    'stream',
    'stream-result',
    'embed',
    'metrics',
    'guardrails',
    'response-cache',
    'embedding-cache',
    'byte-store',
    'retry',
    'deadline',
  ],
  unsupported: {
    budgets: 'It counts tokens in callbacks, after the call; nothing limits what a tenant spends.',
    'shared-flight':
      'Its cache is a look-up and an update: LangChain.js knows of no call in flight, here or elsewhere.',
    invalidation: 'BaseCache looks up and updates; it has nothing that ends what is stored.',
    health: 'LangChain.js has no health report.',
    cost: noPrices,
    'price-cards': noPrices,
    logger: 'LangChain.js logs through tracers and verbose mode, not one event per call to a logger.',
    'guardrail-policy':
      'piiMiddleware takes a detector of the caller’s own, but has no rule that only reports and none for earlier messages, system prompts or tool arguments.',
    clock: 'LangChain.js reads the machine’s clock.',
    'typed-errors': 'LangChain.js passes the SDK’s errors on, and names some of them by an lc_error_code.',
  },
  create: createLangChainPipeline,
})
