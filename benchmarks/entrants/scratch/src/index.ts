import { defineEntrant, installedVersion } from '@plumbline/conformance'
import { createPipeline } from '@plumbline/scratch'

/** Our build on the openai SDK: it offers everything, so that no clause is left out. */
export const scratch = defineEntrant({
  name: 'scratch',
  version: installedVersion('@plumbline/scratch', import.meta.url),
  offers: [
    'chat',
    'stream',
    'stream-result',
    'embed',
    'health',
    'metrics',
    'cost',
    'price-cards',
    'logger',
    'guardrails',
    'guardrail-policy',
    'response-cache',
    'embedding-cache',
    'byte-store',
    'retry',
    'deadline',
    'clock',
  ],
  unsupported: {},
  create: createPipeline,
})
