/**
 * What most teams have after the first day without a framework: a collector that keeps every call, a table of prices, a
 * Map for answers and one for vectors, a few patterns: some 200 lines of code, this manifest and its `toStream` aside.
 * Written in good faith, and no further.
 */
import { defineEntrant, type EntrantPipeline } from '@plumbline/conformance'

import { createPipeline } from './pipeline.ts'
import { toStream } from './to-stream.ts'

export const scratchFirstDay = defineEntrant({
  name: 'scratch-first-day',
  version: '1',
  offers: [
    ...(['chat', 'stream', 'stream-result', 'embed', 'metrics', 'cost', 'guardrails'] as const),
    ...(['response-cache', 'embedding-cache', 'retry', 'deadline', 'clock', 'typed-errors'] as const),
  ],
  unsupported: {
    budgets: 'It adds up what was spent and stops nobody.',
    'shared-flight': 'Its caches are Maps in the process.',
    invalidation: 'Entries of its Maps end with their time; nothing ends them before.',
    health: 'Whether it works shows in its metrics; nothing asks the provider.',
    'price-cards': 'The prices are a table in its source.',
    logger: 'Its metrics are kept, not logged.',
    'guardrail-policy': 'Its patterns are constants in its source.',
    'byte-store': 'Its caches are Maps in the process.',
  },
  create(options) {
    const pipeline = createPipeline(options)
    const stream = (...call: Parameters<typeof pipeline.stream>) => toStream(pipeline.stream(...call))
    // Its collector has the figures that it has, not all of the contract's.
    return { ...pipeline, stream } as unknown as EntrantPipeline
  },
})
