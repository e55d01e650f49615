import { cacheMutants } from './by-clause/cache.ts'
import { costMutants } from './by-clause/cost.ts'
import { embeddingsMutants } from './by-clause/embeddings.ts'
import { faultsMutants } from './by-clause/faults.ts'
import { guardrailsMutants } from './by-clause/guardrails.ts'
import { healthMutants } from './by-clause/health.ts'
import { metricsMutants } from './by-clause/metrics.ts'
import { secrecyMutants } from './by-clause/secrecy.ts'
import { streamsMutants } from './by-clause/streams.ts'
import type { Mutant } from './mutant.ts'

/** Every clause of the contract that no recorded entrant fails has at least one. */
export const mutants: readonly Mutant[] = [
  ...metricsMutants,
  ...costMutants,
  ...guardrailsMutants,
  ...cacheMutants,
  ...embeddingsMutants,
  ...faultsMutants,
  ...streamsMutants,
  ...healthMutants,
  ...secrecyMutants,
]
