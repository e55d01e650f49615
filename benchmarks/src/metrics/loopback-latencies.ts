import { setImmediate } from 'node:timers/promises'

import { createPipeline } from '@plumbline/scratch'

import { startProvider } from '../provider-process.ts'
import type { Distribution } from './distributions.ts'

/** How many calls are under way at once, in turn: from an idle client to one with a queue. */
const concurrencies = [1, 8, 64]

/** Real latencies: `calls` chat calls of the scratch build over loopback HTTP, as its records have them. */
export async function recordLoopbackLatencies(calls: number): Promise<Distribution> {
  const provider = await startProvider()
  try {
    const latenciesMs: number[] = []
    const pipeline = createPipeline({
      provider: { baseUrl: provider.baseUrl, apiKey: 'metrics' },
      responseCache: false,
      exporters: [{ record: (call) => void latenciesMs.push(call.latencyMs) }],
    })
    for (const concurrency of concurrencies) {
      const share = Math.ceil(calls / concurrencies.length / concurrency)
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          for (let call = 0; call < share; call++)
            await pipeline.chat({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'How long?' }] })
        }),
      )
    }
    // Nobody waits for an exporter: what was told last arrives now.
    await setImmediate()
    await pipeline.close()
    const n = latenciesMs.length.toLocaleString('en-US')
    return {
      name: 'loopback HTTP',
      what: `recorded in this run: ${n} calls of scratch to a provider in another process, ${concurrencies.join(', ')} at once`,
      latenciesMs,
    }
  } finally {
    provider.stop()
  }
}
