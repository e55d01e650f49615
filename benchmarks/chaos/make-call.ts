import { setTimeout as sleep } from 'node:timers/promises'

import type { LLMCallMetrics, Pipeline, Usage } from '@plumbline/core'

import type { PlannedCall } from './plan.ts'

/** How one planned call ended, as its caller saw it. */
export interface Ending {
  /** `success`, or the stable code of the error; `UNTYPED` for an error without one, `left` for a reader who left. */
  name: string
  /** Of a call that was answered: its record, and the usage in the answer. */
  answer?: { metrics: LLMCallMetrics; usage: Pick<Usage, 'prompt_tokens'> & Partial<Usage> }
}

/** Makes one planned call. Never rejects. */
export async function makeCall(pipeline: Pipeline, planned: PlannedCall): Promise<Ending> {
  const { kind, question, tenant, cache, deadlineMs, abortAfterMs } = planned
  const left = new AbortController()
  const timer =
    abortAfterMs === undefined ? undefined : setTimeout(() => left.abort(new Error('left')), abortAfterMs)
  const context = { tenant, cache, deadlineMs, signal: left.signal }
  const request = {
    model: 'gpt-4o',
    temperature: 0,
    messages: [{ role: 'user' as const, content: question }],
  }
  try {
    if (kind === 'embed') {
      const embedding = { model: 'text-embedding-3-small', input: question }
      const { metrics, response } = await pipeline.embed(embedding, context)
      return { name: 'success', answer: { metrics, usage: response.usage } }
    }
    if (kind === 'chat') {
      const { metrics, response } = await pipeline.chat(request, context)
      return { name: 'success', ...(response.usage && { answer: { metrics, usage: response.usage } }) }
    }
    return await readStream(pipeline.stream(request, context), planned)
  } catch (error) {
    const isTyped = error instanceof Error && 'code' in error && typeof error.code === 'string'
    return { name: isTyped ? String(error.code) : 'UNTYPED' }
  } finally {
    clearTimeout(timer)
  }
}

async function readStream(
  stream: ReturnType<Pipeline['stream']>,
  { leaveAfterChunks, slowReaderMs }: PlannedCall,
): Promise<Ending> {
  let chunks = 0
  for await (const _ of stream) {
    if (leaveAfterChunks !== undefined && chunks >= leaveAfterChunks) return { name: 'left' }
    chunks++
    if (slowReaderMs !== undefined) await sleep(slowReaderMs)
  }
  const { metrics, response } = await stream.result
  return { name: 'success', ...(response.usage && { answer: { metrics, usage: response.usage } }) }
}
