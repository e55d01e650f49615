import { LRUCache } from 'lru-cache'

import { createCircuitBreaker, type CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.ts'

// Names of models come from callers: more of them than anybody uses are forgotten, the longest unused first.
const maxModels = 1_000

/** One circuit breaker per model, made when it is first asked for. Throws as `createCircuitBreaker` does, at once. */
export function createBreakerFor(options: CircuitBreakerOptions = {}): (model: string) => CircuitBreaker {
  const breakers = new LRUCache<string, CircuitBreaker>({ max: maxModels })
  createCircuitBreaker(options)
  return (model) => {
    let breaker = breakers.get(model)
    if (breaker === undefined) breakers.set(model, (breaker = createCircuitBreaker(options)))
    return breaker
  }
}
