// Only here: LangChain's own seam for a response cache, for applications that have a `ChatOpenAI` and want no more than that.
import { createHash } from 'node:crypto'

import { BaseCache, deserializeStoredGeneration, serializeGeneration } from '@langchain/core/caches'
import type { Generation } from '@langchain/core/outputs'
import type { StoredGeneration } from '@langchain/core/messages'
import {
  countLoss,
  createMemoryStore,
  jitteredTtlMs,
  systemClock,
  type ByteStore,
  type Clock,
  type MetricsCollector,
} from '@plumbline/core'

export interface ResponseCacheFields {
  /** Default: a memory store of 64 MB. */
  store?: ByteStore | undefined
  /** In ms. Default 1 hour. */
  ttlMs?: number | undefined
  /** Default 0.1; see `ResponseCacheOptions`. */
  ttlJitter?: number | undefined
  /** Default `deterministic`: temperature 0, or a seed. */
  policy?: 'deterministic' | 'always' | undefined
  /** Hard partition: use one cache per tenant, over one store. Default `default`. */
  tenant?: string | undefined
  /** Counts the reads and writes that were lost. */
  metrics?: MetricsCollector | undefined
  clock?: Clock | undefined
  /** Uniform in [0, 1). Default `Math.random`. */
  random?: (() => number) | undefined
}

interface StoredAnswer {
  schema: 1
  key: string
  /** ms since the epoch. */
  expiresAt: number
  generations: StoredGeneration[]
}

/**
 * A cache for any LangChain model, as safe as that seam allows:
 *
 *     new ChatOpenAI({ model: 'gpt-4o-mini', temperature: 0, cache: new ResponseCache() })
 *
 * LangChain hands it the prompt as text, where turns, names, images and tool results cannot be told from words that look
 * like them (CAC-04). So it serves single user turns only, and of these none that might be anything else: several lines with
 * a colon, a first word with a comma, a word in square brackets. It never sees streams, nor calls in flight. Applications
 * that need those use `createChatModel` with a `ResponseStore`.
 */
export class ResponseCache extends BaseCache<Generation[]> {
  readonly #fields: ResponseCacheFields
  readonly #store: ByteStore
  readonly #clock: Clock

  constructor(fields: ResponseCacheFields = {}) {
    super()
    const { clock = systemClock } = fields
    this.#fields = fields
    this.#clock = clock
    this.#store = fields.store ?? createMemoryStore({ clock })
  }

  /** The stored answer, made anew for each caller; null for a miss. Never rejects, which would fail the call. */
  override async lookup(prompt: string, llmKey: string): Promise<Generation[] | null> {
    const key = this.#keyOf(prompt, llmKey)
    if (key === undefined) return null
    try {
      const bytes = await this.#store.get(key)
      const stored = bytes && parse(bytes)
      if (stored === undefined || stored.key !== key || this.#clock.now() >= stored.expiresAt) return null
      return stored.generations.map(deserializeStoredGeneration)
    } catch {
      countLoss(this.#fields.metrics, 'cache_read')
      return null
    }
  }

  /** Stores a finished answer. Never rejects, which would lose a paid one. */
  override async update(prompt: string, llmKey: string, generations: Generation[]): Promise<void> {
    const key = this.#keyOf(prompt, llmKey)
    if (key === undefined || !generations.every(isFinished)) return
    const { ttlMs = 3_600_000, ttlJitter = 0.1, random = Math.random, metrics } = this.#fields
    const lifetimeMs = jitteredTtlMs(ttlMs, ttlJitter, random)
    try {
      const stored: StoredAnswer = {
        schema: 1,
        key,
        expiresAt: this.#clock.now() + lifetimeMs,
        generations: generations.map(serializeGeneration),
      }
      await this.#store.set(key, new TextEncoder().encode(JSON.stringify(stored)), lifetimeMs)
    } catch {
      countLoss(metrics, 'cache_write')
    }
  }

  #keyOf(prompt: string, llmKey: string): string | undefined {
    const { policy = 'deterministic', tenant = 'default' } = this.#fields
    // LangChain puts the API key in there in clear; a new one does not make another answer.
    const parameters = topLevelParts(llmKey).filter((part) => !part.startsWith('apiKey:'))
    const isDeterministic = parameters.some((part) => part === 'temperature:0' || part.startsWith('seed:'))
    if (policy === 'deterministic' && !isDeterministic) return undefined
    if (!isSingleTurn(prompt)) return undefined
    const digest = createHash('sha256')
      .update(JSON.stringify([tenant, prompt, parameters]))
      .digest('base64url')
    return `plumbline:1:l:${digest}`
  }
}

/** Whether a prompt can be one user message of plain text, and nothing else. */
function isSingleTurn(prompt: string): boolean {
  if (!prompt.startsWith('Human: ')) return false
  const text = prompt.slice('Human: '.length)
  const couldBeTurns = /\n[^\n]*: /.test(text)
  const couldBeName = /^[\w-]{1,64}, /.test(text)
  const couldBeMedia = /\[[\w -]+\]/.test(text)
  return !couldBeTurns && !couldBeName && !couldBeMedia
}

/** The `name:JSON` parts of LangChain's key, which it joins with commas: those inside the JSON do not separate. */
function topLevelParts(llmKey: string): string[] {
  const parts: string[] = []
  let depth = 0
  let isString = false
  let start = 0
  for (let index = 0; index < llmKey.length; index++) {
    const character = llmKey[index]
    if (isString) {
      if (character === '\\') index++
      else if (character === '"') isString = false
    } else if (character === '"') isString = true
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    else if (character === ',' && depth === 0) {
      parts.push(llmKey.slice(start, index))
      start = index + 1
    }
  }
  parts.push(llmKey.slice(start))
  return parts
}

/** Cut, filtered, empty and refused answers are served once, never twice; tool calls have effects (CAC-10). */
function isFinished(generation: Generation): boolean {
  if (generation.text === '') return false
  const { message } = generation as {
    message?: { response_metadata?: Record<string, unknown>; tool_calls?: unknown[] }
  }
  return message?.response_metadata?.['finish_reason'] === 'stop' && !message.tool_calls?.length
}

function parse(bytes: Uint8Array): StoredAnswer | undefined {
  const stored: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  const isOurs = typeof stored === 'object' && stored !== null && 'schema' in stored && stored.schema === 1
  return isOurs ? (stored as StoredAnswer) : undefined
}
