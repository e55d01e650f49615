import type { CacheMode, CallContext, LLMCallMetrics } from '@plumbline/core'
import { formatDecimalUsd } from '@plumbline/core/export'

import { refuse, type ErrorAnswer } from './error-answer.ts'

const cacheModes: readonly string[] = ['use', 'bypass', 'refresh'] satisfies CacheMode[]

/** Labels are names, not texts. */
const longestLabel = 100

/** What a caller says of its call in `x-plumbline-cache`, `-endpoint` and `-prompt-version`; the answer to one that cannot be taken. */
export function readCallHeaders(
  header: (name: string) => string | undefined,
): Pick<CallContext, 'cache' | 'endpoint' | 'promptVersion'> | ErrorAnswer {
  const cache = header('x-plumbline-cache')
  const labels = {
    // An empty one says nothing: as a label it could not be asked for.
    endpoint: header('x-plumbline-endpoint') || undefined,
    promptVersion: header('x-plumbline-prompt-version') || undefined,
  }
  if (cache !== undefined && !cacheModes.includes(cache)) {
    return refuse(400, 'INVALID_REQUEST', `x-plumbline-cache must be one of ${cacheModes.join(', ')}.`)
  }
  for (const [name, value] of Object.entries(labels)) {
    if ((value?.length ?? 0) <= longestLabel) continue
    return refuse(400, 'INVALID_REQUEST', `The header for ${name} is longer than ${longestLabel} characters.`)
  }
  // Just checked.
  return { ...labels, cache: cache as CacheMode | undefined }
}

/** What the caller is told of the record of its call. */
export function recordHeaders({ id, cacheStatus, costNanoUsd }: LLMCallMetrics): Record<string, string> {
  return {
    'x-plumbline-record': id,
    'x-plumbline-cache': cacheStatus,
    // Never 6e-8, which not everybody reads as a number.
    'x-plumbline-cost-usd': formatDecimalUsd(costNanoUsd).replace(/\.?0+$/, ''),
  }
}
