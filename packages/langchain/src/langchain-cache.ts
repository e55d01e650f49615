// Only here: LangChain's own seam for a response cache, for applications that have a `ChatOpenAI` and want no more than that.
import { hash } from 'node:crypto'

import { BaseCache, deserializeStoredGeneration, serializeGeneration } from '@langchain/core/caches'
import type { Generation } from '@langchain/core/outputs'
import type { StoredGeneration } from '@langchain/core/messages'
import {
  assertTtl,
  canonicalText,
  countLoss,
  createMemoryStore,
  jitteredTtlMs,
  openEntry,
  sealEntry,
  systemClock,
  type ByteStore,
  type Clock,
  type MetricsCollector,
} from '@plumbline/core'

export interface ResponseCacheFields {
  /** Default: a memory store. */
  store?: ByteStore | undefined
  /** Bound of that memory store, in bytes. Default 64 MB. */
  maxBytes?: number | undefined
  /** Larger answers are not stored, and larger entries not read, in bytes. Default 4 MB. */
  maxEntryBytes?: number | undefined
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

/** What an entry holds, sealed with its key. */
interface StoredAnswer {
  /** ms since the epoch. */
  expiresAt: number
  generations: StoredGeneration[]
}

/** `PLL2`, of which the digit is the schema: raised whenever the layout above changes. */
const magic = 0x324c4c50

/** The call option by which `KeyedModel` tells the cache what the prompt is; it arrives inside LangChain's own key. */
export const cacheKeyOption = 'plumblineCacheKey'

/**
 * A cache for any LangChain model, as safe as that seam allows:
 *
 *     new ChatOpenAI({ model: 'gpt-4o-mini', temperature: 0, cache: new ResponseCache() })
 *
 * LangChain hands it the prompt as text, where turns, names, images and tool results cannot be told from words that look
 * like them (CAC-04). So of these it serves single user turns only, and none that might be anything else: several lines with
 * a colon, a first word with a comma, a word in square brackets. Of blocks that the text leaves out (`non_standard`, which some
 * providers are sent) it sees nothing: ask those through a `KeyedModel`. All prompts have keys of their own when the model is asked
 * through a `KeyedModel`. It never sees streams, calls in flight, or when an answer that it stores was asked for, so that no
 * `invalidate` ends it (CAC-23); and LangChain's agents never hit. Applications that need those use `createChatModel` with a
 * `ResponseStore`, or `responseCacheMiddleware`.
 *
 * Throws `RangeError` for a TTL or a bound that is none.
 */
export class ResponseCache extends BaseCache<Generation[]> {
  readonly #fields: ResponseCacheFields
  readonly #store: ByteStore
  readonly #clock: Clock
  /** Begins every key: the tenant is the same for as long as the cache lives. */
  readonly #partition: string

  constructor(fields: ResponseCacheFields = {}) {
    super()
    const { clock = systemClock, maxBytes, ttlMs, tenant = 'default' } = fields
    assertTtl('ttlMs', ttlMs)
    this.#fields = fields
    this.#clock = clock
    this.#partition = `plumbline:2:l:${digest([tenant])}`
    this.#store = fields.store ?? createMemoryStore({ maxBytes, clock })
  }

  /** The stored answer, made anew for each caller; null for a miss. Never rejects, which would fail the call. */
  override async lookup(prompt: string, llmKey: string): Promise<Generation[] | null> {
    const { metrics } = this.#fields
    const key = this.#keyOf(prompt, llmKey)
    if (key === undefined) return null
    try {
      const bytes = await this.#store.get(key)
      if (bytes === undefined) return null
      const stored = bytes.byteLength > this.#maxEntryBytes ? undefined : parse(key, bytes)
      if (stored && this.#clock.now() < stored.expiresAt)
        return stored.generations.map(deserializeStoredGeneration)
      // Stale, corrupt, too large or another's: it will never be an answer again.
      countLoss(metrics, 'cache_entry')
      void this.#writeBehind(() => this.#store.delete(key))
    } catch {
      countLoss(metrics, 'cache_read')
    }
    return null
  }

  /** Stores a finished answer; resolves at once. Never rejects, which would lose a paid one. */
  override update(prompt: string, llmKey: string, generations: Generation[]): Promise<void> {
    const key = this.#keyOf(prompt, llmKey)
    if (key === undefined || !generations.every(isFinished)) return Promise.resolve()
    const { ttlMs = 3_600_000, ttlJitter = 0.1, random = Math.random } = this.#fields
    const lifetimeMs = jitteredTtlMs(ttlMs, ttlJitter, random)
    // LangChain waits for this before the caller has the answer (CAC-17).
    void this.#writeBehind(() => {
      const stored: StoredAnswer = {
        expiresAt: this.#clock.now() + lifetimeMs,
        generations: generations.map(serializeGeneration),
      }
      const entry = sealEntry(magic, key, JSON.stringify(stored))
      if (entry.byteLength <= this.#maxEntryBytes) return this.#store.set(key, entry, lifetimeMs)
    })
    return Promise.resolve()
  }

  get #maxEntryBytes(): number {
    return this.#fields.maxEntryBytes ?? 4 * 1024 * 1024
  }

  /** A write that nobody waits for; one that fails is counted. */
  async #writeBehind(write: () => void | Promise<void>): Promise<void> {
    try {
      await write()
    } catch {
      countLoss(this.#fields.metrics, 'cache_write')
    }
  }

  #keyOf(prompt: string, llmKey: string): string | undefined {
    const { policy = 'deterministic' } = this.#fields
    // LangChain puts the API key in there in clear; a new one does not make another answer.
    const parameters = topLevelParts(llmKey).filter((part) => !part.startsWith('apiKey:'))
    const isDeterministic = parameters.some(
      (part) => part === 'temperature:0' || (part.startsWith('seed:') && part !== 'seed:null'),
    )
    if (policy === 'deterministic' && !isDeterministic) return undefined
    const isKeyed = parameters.some((part) => part.startsWith(`${cacheKeyOption}:`))
    if (!isKeyed && !isSingleTurn(prompt)) return undefined
    // The prompt counts with a key of its own, too: LangChain asks for a whole batch under the options of one call.
    return `${this.#partition}:${digest([prompt, parameters])}`
  }
}

/** Whether a prompt can be one user message of plain text, and nothing else. */
function isSingleTurn(prompt: string): boolean {
  if (!prompt.startsWith('Human: ')) return false
  const text = prompt.slice('Human: '.length)
  // The search for a character is ten times as fast as that for an expression.
  const couldBeTurns = text.includes('\n') && /\n[^\n]*: /.test(text)
  const couldBeName = /^[\w-]{1,64}, /.test(text)
  const couldBeMedia = text.includes('[') && /\[[\w -]+\]/.test(text)
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

function parse(key: string, bytes: Uint8Array): StoredAnswer | undefined {
  const body = openEntry(magic, key, bytes)
  // The seal has just shown that this class has written it.
  return body && (JSON.parse(body.toString()) as StoredAnswer)
}

function digest(parts: readonly unknown[]): string {
  return hash('sha256', canonicalText(parts), 'base64url')
}
