import { systemClock, type ByteStore, type Clock } from '@plumbline/core'
import type { Entrant, EntrantPipeline } from '@plumbline/conformance'
import type { CacheSetting } from '@plumbline/report'

import type { TraceRequest } from '../traces/trace.ts'
import { replayModels } from '../traces/trace.ts'
import { seededRandom } from '../method/seeded-random.ts'
import { simulatedBaseUrl, type SimulatedProvider } from './simulated-provider.ts'

/** The settings that make sense for an entrant and a trace. The first is what the others are compared with. */
export function settingsOf(entrant: Entrant, embeds: boolean): CacheSetting[] {
  const settings: CacheSetting[] = ['none']
  if (entrant.offers.includes('response-cache')) settings.push('exact')
  if (entrant.offers.includes('normalised-matching')) settings.push('normalised')
  if (embeds && entrant.offers.includes('embedding-cache')) settings.push('exact + embeddings')
  return settings
}

export interface SubjectOptions {
  entrant: Entrant
  setting: CacheSetting
  provider: SimulatedProvider
  ttlMs: number
  /** Where the answers are kept. Default: the entrant's own memory. */
  store?: ByteStore
  clock?: Clock
}

/** One entrant with its caches set: the same policy, lifetime and silence of everything else for all of them. */
export function createSubject(options: SubjectOptions): EntrantPipeline {
  const { entrant, setting, provider, ttlMs, store, clock = systemClock } = options
  return entrant.create({
    provider: { baseUrl: simulatedBaseUrl, apiKey: 'simulated', fetch: provider.fetch },
    clock,
    random: seededRandom(1),
    guardrails: false,
    retry: { maxRetries: 0 },
    // The longest chat of a trace takes minutes at its model's speed.
    deadlineMs: 3_600_000,
    responseCache:
      setting === 'none'
        ? false
        : {
            ttlMs,
            ttlJitter: 0,
            policy: 'deterministic',
            ...(setting === 'normalised' && { matching: setting }),
            ...(store && { store }),
          },
    embeddingCache: setting === 'exact + embeddings' ? { ttlMs } : false,
  })
}

/** What an application does for one request: it embeds the question where it looks something up, then asks. */
export async function callOnce(
  subject: EntrantPipeline,
  request: TraceRequest,
): Promise<{ text: string | undefined; costNanoUsd: number }> {
  const { tenant, endpoint, chat, embeds } = request
  const context = { tenant, endpoint }
  const embedded =
    embeds === undefined
      ? undefined
      : await subject.embed?.({ model: replayModels.embedding, dimensions: 256, input: embeds }, context)
  const answered = await subject.chat?.(chat, context)
  const content = answered?.response.choices[0]?.message.content
  return {
    text: typeof content === 'string' ? content : undefined,
    costNanoUsd: (embedded?.metrics?.costNanoUsd ?? 0) + (answered?.metrics?.costNanoUsd ?? 0),
  }
}
