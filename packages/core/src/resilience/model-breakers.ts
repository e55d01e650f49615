import { LRUCache } from 'lru-cache'

import type { HealthPart } from '../contract/pipeline.ts'
import { createCircuitBreaker, type CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.ts'

// Names of models come from callers: more of them than anybody uses are forgotten, the longest unused first.
const maxModels = 1_000

/** One circuit breaker per model. */
export interface ModelBreakers {
  /** The model's breaker, made when it is first asked for. */
  of(model: string): CircuitBreaker
  /** `warn` while any is not closed; says how many, not of which models. `nowMs` is monotonic. */
  health(nowMs: number): HealthPart
}

/** Throws as `createCircuitBreaker` does, at once. */
export function createModelBreakers(options: CircuitBreakerOptions = {}): ModelBreakers {
  createCircuitBreaker(options)
  const breakers = new LRUCache<string, CircuitBreaker>({ max: maxModels })
  return {
    of(model) {
      let breaker = breakers.get(model)
      if (breaker === undefined) breakers.set(model, (breaker = createCircuitBreaker(options)))
      return breaker
    },
    health(nowMs) {
      const all = [...breakers.values()]
      const open = all.filter((breaker) => breaker.state(nowMs) !== 'closed').length
      return open === 0 ? { status: 'pass' } : { status: 'warn', reason: `${open} of ${all.length} models` }
    },
  }
}
