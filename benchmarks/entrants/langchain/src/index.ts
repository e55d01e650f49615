import { defineEntrant, installedVersion } from '@plumbline/conformance'
import { createPipeline } from '@plumbline/langchain'

/** Our build on LangChain.js: it offers everything, so that no clause is left out. */
export const langchain = defineEntrant({
  name: 'langchain',
  version: installedVersion('@plumbline/langchain', import.meta.url),
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
