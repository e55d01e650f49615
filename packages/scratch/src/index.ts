export { createPipeline, pipelineOn } from './pipeline.ts'
export { createProvider, providerOf } from './provider.ts'
export { withBudgets, withEmbeddingCache, withGuardrails, withMetrics, withResponseCache } from './client.ts'

export type { Provider } from './provider.ts'
export type {
  CacheClientOptions,
  ClientOptions,
  GuardrailsClientOptions,
  MetricsClientOptions,
} from './client.ts'
