import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'

import type { ChatRequest, Clock, EmbedRequest } from '@plumbline/core'
import type { LatencyModel } from '@plumbline/report'

import type { TraceRequest } from '../traces/trace.ts'
import { answerText } from './answers.ts'
import { modelledLatencyMs } from './latency-model.ts'
import { createPromptCache } from './prompt-cache.ts'
import { promptTokens, textTokens } from './token-counter.ts'

/** One request that reached the provider. */
export interface Exchange {
  operation: 'chat' | 'embed'
  model: string
  inputTokens: number
  outputTokens: number
  /** Of the input: what the provider had in its own cache of prompts, and bills at a lower price. */
  cachedInputTokens: number
  /** Of the traced request whose call it came from; undefined when the entrant called from somewhere else. */
  caller: number | undefined
}

/** A provider in this process behind `fetch`: the same answer to the same request, after the time that its model says. */
export interface SimulatedProvider {
  readonly fetch: typeof globalThis.fetch
  readonly journal: readonly Exchange[]
  /** Requests that wait for their answer now. */
  readonly waiting: number
  /** The times of the model are multiplied by this; 0 answers at once. */
  scale: number
  /** Runs a call of the traced request number `caller`, so that what it sends is known as its own. */
  asCaller<T>(caller: number, call: () => Promise<T>): Promise<T>
}

export interface SimulatedProviderOptions {
  clock: Clock
  models: readonly LatencyModel[]
  scale: number
  /** Sizes that the trace gives, by the text of the last message. */
  sizes: ReadonlyMap<string, { input: number; output: number }>
}

export const simulatedBaseUrl = 'http://simulated.invalid/v1'

/** Throws at the request, as an HTTP 404, for a model without a latency model. */
export function createSimulatedProvider(options: SimulatedProviderOptions): SimulatedProvider {
  const { clock, models, sizes } = options
  const callers = new AsyncLocalStorage<number>()
  const journal: Exchange[] = []
  const prompts = createPromptCache()
  let waiting = 0

  async function answer(url: string, init: RequestInit): Promise<Response> {
    const request = JSON.parse(String(init.body)) as ChatRequest | EmbedRequest // The SDKs send nothing else.
    const model = models.find((candidate) => candidate.model === request.model)
    if (model === undefined) {
      return Response.json({ error: { message: `There is no model ${request.model}.` } }, { status: 404 })
    }
    const { exchange, body, latencyMs } = url.endsWith('/embeddings')
      ? embedding(request as EmbedRequest, model) // By its path, likewise below.
      : completion(request as ChatRequest, model, sizes, (chat, tokens) =>
          prompts.cachedTokens(chat, tokens, clock.monotonicMs()),
        )
    journal.push({ ...exchange, model: model.model, caller: callers.getStore() })
    await pass(latencyMs * provider.scale, init.signal)
    return Response.json(body)
  }

  function pass(latencyMs: number, signal: AbortSignal | null | undefined): Promise<void> {
    if (latencyMs === 0) return Promise.resolve()
    waiting++
    return new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        waiting--
        cancel()
        reject(signal?.reason)
      }
      const cancel = clock.setTimer(latencyMs, () => {
        waiting--
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  const provider: SimulatedProvider = {
    // The SDKs call it with a URL and its options.
    fetch: (input, init) => answer(String(input), init ?? {}),
    journal,
    get waiting() {
      return waiting
    },
    scale: options.scale,
    asCaller: (caller, call) => callers.run(caller, call),
  }
  return provider
}

/** What the provider answers to this traced request: a replay compares it with what the entrant says. */
export function expectedText({ chat }: TraceRequest): string {
  return answerText(digestOf(chat), chat.max_tokens ?? undefined)
}

/** Sizes of a trace that has them, as the provider looks them up: of a prompt that repeats, those of its first answer. */
export function sizesOf(
  requests: readonly TraceRequest[],
): ReadonlyMap<string, { input: number; output: number }> {
  const sizes = new Map<string, { input: number; output: number }>()
  for (const { chat, tokens } of requests) {
    const prompt = lastText(chat)
    if (tokens && !sizes.has(prompt)) sizes.set(prompt, tokens)
  }
  return sizes
}

interface Answer {
  exchange: Pick<Exchange, 'operation' | 'inputTokens' | 'outputTokens' | 'cachedInputTokens'>
  body: object
  latencyMs: number
}

function completion(
  request: ChatRequest,
  model: LatencyModel,
  sizes: SimulatedProviderOptions['sizes'],
  cachedTokens: (request: ChatRequest, inputTokens: number) => number,
): Answer {
  const digest = digestOf(request)
  const content = answerText(digest, request.max_tokens ?? undefined)
  const size = sizes.get(lastText(request)) ?? { input: promptTokens(request), output: textTokens(content) }
  const cached = cachedTokens(request, size.input)
  return {
    exchange: {
      operation: 'chat',
      inputTokens: size.input,
      outputTokens: size.output,
      cachedInputTokens: cached,
    },
    latencyMs: modelledLatencyMs(model, digest, size.output),
    body: {
      id: `chatcmpl-${digest.toString('hex').slice(0, 24)}`,
      object: 'chat.completion',
      created: 1_795_435_200,
      model: request.model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: size.input,
        completion_tokens: size.output,
        total_tokens: size.input + size.output,
        prompt_tokens_details: { cached_tokens: cached },
      },
    },
  }
}

function embedding(request: EmbedRequest, model: LatencyModel): Answer {
  const texts = typeof request.input === 'string' ? [request.input] : request.input
  const tokens = texts.reduce((sum, text) => sum + textTokens(text), 0)
  return {
    exchange: { operation: 'embed', inputTokens: tokens, outputTokens: 0, cachedInputTokens: 0 },
    latencyMs: modelledLatencyMs(model, createHash('sha256').update(JSON.stringify(texts)).digest(), 0),
    body: {
      object: 'list',
      model: request.model,
      data: texts.map((text, index) => ({
        object: 'embedding',
        index,
        embedding: vector(text, request),
      })),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
  }
}

/** A vector that follows from the text, of 256 numbers or as many as were asked for. */
function vector(text: string, { dimensions = 256, encoding_format }: EmbedRequest): number[] | string {
  const digest = createHash('sha512').update(text).digest()
  const numbers = Float32Array.from({ length: dimensions }, (_, index) => {
    return (digest[index % digest.length] ?? 0) / 128 - 1
  })
  return encoding_format === 'base64' ? Buffer.from(numbers.buffer).toString('base64') : [...numbers]
}

/** Of what decides the answer: entrants say what they leave at its default in different ways. */
function digestOf({ model, messages, temperature, max_tokens }: ChatRequest): Buffer {
  const turns = messages.map(({ role, content }) => [role, content])
  return createHash('sha256')
    .update(JSON.stringify([model, turns, temperature ?? null, max_tokens ?? null]))
    .digest()
}

function lastText({ messages }: ChatRequest): string {
  const content = messages.at(-1)?.content
  return typeof content === 'string' ? content : ''
}
