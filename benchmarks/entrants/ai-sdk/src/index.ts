/**
 * The AI SDK as its own documentation advises: `generateText`, `streamText` and `embedMany` on the OpenAI provider's Chat
 * Completions, the caching middleware and the guardrail middleware of its docs. What is ours is the translation between its
 * types and the wire's; nothing of its behaviour is repaired. Its docs are shipped in the package (`node_modules/ai/docs`, 7.0.173).
 */
import { defineEntrant, installedVersion, type EntrantPipeline } from '@plumbline/conformance'

import { createPipeline } from './pipeline.ts'

export const aiSdk = defineEntrant({
  name: 'ai-sdk',
  version: installedVersion('ai', import.meta.url),
  offers: [
    'chat',
    'stream',
    'stream-result',
    'embed',
    'metrics',
    'guardrails',
    'response-cache',
    'byte-store',
    'retry',
    'deadline',
  ],
  unsupported: {
    budgets: 'The SDK knows no prices and keeps no sums.',
    'shared-flight':
      'The middleware of its docs looks up and stores; it knows of no call in flight, here or elsewhere.',
    invalidation: 'The middleware of its docs looks up and stores; nothing ends what is stored but its time.',
    health: 'The SDK is called by an application, and has no state to report.',
    cost: 'The SDK reports tokens and knows no prices.',
    'price-cards': 'The SDK knows no prices.',
    logger: 'Lifecycle callbacks report each call; an event for a logger is the application’s to write.',
    'guardrail-policy':
      'It has no rules and no policy: a guardrail is a middleware that the application writes.',
    'embedding-cache': 'Its docs cache language model calls; they have nothing for embeddings.',
    clock: 'The SDK reads the machine’s clock.',
    'typed-errors':
      'The SDK’s errors have classes and a status of their own; the codes are the entrant’s translation.',
  },
  // Without `health` and `close`, which it has nothing for.
  create: (options) => createPipeline(options) as EntrantPipeline,
})
