import type { EventEmitter } from 'node:events'

import type { ChatRequest, Pipeline, PipelineOptions } from '@plumbline/core'
import { defineGuardrails, topicsRule } from '@plumbline/core'

import { seededRandom } from '../src/method/seeded-random.ts'

/** How one call goes. Questions of `whole`, `streamed`, `embedded` and `burst` repeat, so that some are hits and some are shared. */
const kinds = [
  'whole',
  'streamed',
  'embedded',
  'burst',
  'blocked question',
  'blocked answer',
  'aborted before',
  'aborted under way',
  'left stream',
  'refused by the provider',
  'failing provider',
  'busy model',
  'small budget',
] as const

export interface MixedCall {
  kind: (typeof kinds)[number]
  question: number
  tenant: string
}

/** `count` calls in an order that follows from the seed, each kind among them. */
export function mixedCalls(count: number, seed: number): MixedCall[] {
  const random = seededRandom(seed)
  const draw = (below: number): number => Math.floor(random() * below)
  return Array.from({ length: count }, (_, index) => ({
    kind: kinds[draw(kinds.length)] ?? 'whole',
    // Those that are not to be shared have a question of their own.
    question: index,
    tenant: `tenant-${draw(3)}`,
  })).map((call) =>
    ['whole', 'streamed', 'embedded', 'burst'].includes(call.kind) ? { ...call, question: draw(12) } : call,
  )
}

/** What makes the calls go as they are to. No prompt is without it, so that it can be looked for where none may be. */
export const promptWord = 'gnomonic'

/** The model that the provider is always too busy for, and the one that is asked instead. */
export const busyModel = 'gpt-4.1'
export const fallbackModel = 'gpt-4o-mini'

export const mixedOptions = {
  guardrails: defineGuardrails({
    rules: [{ rule: topicsRule({ id: 'topic.test', terms: ['xyzzy'] }), action: 'block' }],
  }),
  retry: { maxRetries: 1, baseDelayMs: 1, budget: false },
  breaker: false,
  fallbackModels: [fallbackModel],
  // Some of the calls of that tenant fit, the rest is refused.
  budgets: { tenants: { small: { hourUsd: 0.03 } } },
} as const satisfies Partial<PipelineOptions>

const words: Partial<Record<MixedCall['kind'], string>> = {
  'blocked question': 'xyzzy',
  'blocked answer': 'say-it',
  'aborted under way': 'wait',
  'left stream': 'talk',
  'refused by the provider': 'refuse',
  'failing provider': 'fail',
}

/**
 * Makes the call, and resolves when it has ended in whichever way. `arrivals` emits each prompt when it has arrived at the provider.
 */
export async function makeMixedCall(
  pipeline: Pipeline,
  { kind, question, tenant }: MixedCall,
  arrivals: EventEmitter,
): Promise<void> {
  const content = `${promptWord} ${words[kind] ?? 'question'} ${question}`
  const messages: ChatRequest['messages'] = [{ role: 'user', content }]
  const model = kind === 'busy model' ? busyModel : 'gpt-4o'
  const request = { model, messages, temperature: 0, max_completion_tokens: 300 }
  const context = {
    tenant: kind === 'small budget' ? 'small' : tenant,
    ...(question % 2 === 0 && { endpoint: '/even', promptVersion: `v${question % 3}` }),
  }
  const ended = (call: Promise<unknown>): Promise<unknown> => call.catch(() => {})
  if (kind === 'embedded') {
    const input = [content, `${promptWord} text ${question + 1}`].slice(question % 2)
    await ended(pipeline.embed({ model: 'text-embedding-3-small', input }, context))
  } else if (kind === 'burst') {
    const streamed = pipeline.stream(request, context)
    await Promise.all([
      ended(pipeline.chat(request, context)),
      ended(pipeline.chat(request, context)),
      ended(streamed.result),
    ])
  } else if (kind === 'streamed') {
    await ended(pipeline.stream(request, context).result)
  } else if (kind === 'left stream') {
    const read = async (): Promise<void> => {
      for await (const chunk of pipeline.stream(request, context))
        if (chunk.choices[0]?.delta.content?.includes('end')) break
    }
    await ended(read())
  } else if (kind === 'aborted before') {
    await ended(pipeline.chat(request, { ...context, signal: AbortSignal.abort() }))
  } else if (kind === 'aborted under way') {
    const controller = new AbortController()
    arrivals.once(content, () => controller.abort())
    await ended(pipeline.chat(request, { ...context, signal: controller.signal }))
  } else {
    await ended(pipeline.chat(request, context))
  }
}
