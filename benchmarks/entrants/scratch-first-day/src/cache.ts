import { createHash } from 'node:crypto'

import type { ChatRequest, ResponseCacheOptions } from '@plumbline/core'

export function cacheKey(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Everything is cached, unless the caller has a policy. */
export function admits(request: ChatRequest, options: ResponseCacheOptions | false = {}): boolean {
  if (options === false) return false
  if (typeof options.policy === 'function') return options.policy(request)
  return options.policy !== 'deterministic' || request.temperature === 0
}
