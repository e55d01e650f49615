import type { Entrant } from '@plumbline/conformance'
import { systemClock } from '@plumbline/core'
import type { StampedeRow } from '@plumbline/report'

import { replayModels } from '../traces/trace.ts'
import { latencyModels } from './latency-model.ts'
import { createSimulatedProvider } from './simulated-provider.ts'
import { createSubject } from './subject.ts'

const identicalRequests = 50

/** Sends 50 identical requests at once to an entrant with an empty cache, and counts what reaches the provider. */
export async function countStampede(entrant: Entrant, ttlMs: number): Promise<StampedeRow> {
  // In real time, since nobody knows when an entrant has sent all that it will send; a tenth of the model's time is enough.
  const provider = createSimulatedProvider({
    clock: systemClock,
    models: latencyModels,
    scale: 0.1,
    sizes: new Map(),
  })
  const setting = entrant.offers.includes('response-cache') ? 'exact' : 'none'
  const subject = createSubject({ entrant, setting, provider, ttlMs })
  const request = {
    model: replayModels.chat,
    temperature: 0,
    messages: [{ role: 'user' as const, content: 'What is new today?' }],
  }
  await Promise.all(Array.from({ length: identicalRequests }, () => subject.chat?.(request)))
  await subject.close?.()
  return {
    entrant: entrant.name,
    version: entrant.version,
    identicalRequests,
    chatCalls: provider.journal.length,
  }
}
