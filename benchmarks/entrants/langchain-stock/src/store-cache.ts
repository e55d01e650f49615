import type { ByteStore } from '@plumbline/core'
import { BaseCache, deserializeStoredGeneration, serializeGeneration } from '@langchain/core/caches'
import type { Generation } from '@langchain/core/outputs'

/** `RedisCache` keeps for ever what has no `ttl`; a byte store takes no "for ever", so a year. */
const noTtlMs = 365 * 24 * 3_600_000

/**
 * A LangChain cache over any byte store, written as LangChain's own `RedisCache` is: one entry for each generation, under the
 * hash of prompt, model and its number, as JSON.
 * Source: `@langchain/community` 1.x, `caches/ioredis.ts`, read 2026-11-24.
 */
export class StoreCache extends BaseCache {
  readonly #store: ByteStore
  readonly #ttlMs: number

  constructor(store: ByteStore, ttlMs: number = noTtlMs) {
    super()
    this.#store = store
    this.#ttlMs = ttlMs
  }

  override async lookup(prompt: string, llmKey: string): Promise<Generation[] | null> {
    const generations: Generation[] = []
    for (;;) {
      const key = this.keyEncoder(prompt, llmKey, String(generations.length))
      const bytes = await this.#store.get(key)
      if (bytes === undefined) return generations.length > 0 ? generations : null
      generations.push(deserializeStoredGeneration(JSON.parse(new TextDecoder().decode(bytes))))
    }
  }

  override async update(prompt: string, llmKey: string, value: Generation[]): Promise<void> {
    for (const [index, generation] of value.entries()) {
      const bytes = new TextEncoder().encode(JSON.stringify(serializeGeneration(generation)))
      await this.#store.set(this.keyEncoder(prompt, llmKey, String(index)), bytes, this.#ttlMs)
    }
  }
}
