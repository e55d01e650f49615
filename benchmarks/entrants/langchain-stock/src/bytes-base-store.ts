import type { ByteStore } from '@plumbline/core'
import { BaseStore } from '@langchain/core/stores'

const thirtyDaysMs = 30 * 24 * 3_600_000

/** A byte store of the contract as LangChain's `BaseStore`, which is what `CacheBackedEmbeddings` takes. */
export class BytesBaseStore extends BaseStore<string, Uint8Array> {
  lc_namespace = ['plumbline']
  readonly #store: ByteStore
  readonly #ttlMs: number

  constructor(store: ByteStore, ttlMs: number = thirtyDaysMs) {
    super()
    this.#store = store
    this.#ttlMs = ttlMs
  }

  override async mget(keys: string[]): Promise<(Uint8Array | undefined)[]> {
    return this.#store.getMany(keys)
  }

  override async mset(pairs: [string, Uint8Array][]): Promise<void> {
    for (const [key, value] of pairs) await this.#store.set(key, value, this.#ttlMs)
  }

  override async mdelete(keys: string[]): Promise<void> {
    for (const key of keys) await this.#store.delete(key)
  }

  // oxlint-disable-next-line require-yield -- a byte store cannot list its keys, and nothing here asks it to
  override async *yieldKeys(): AsyncGenerator<string> {
    throw new Error('This store cannot list its keys.')
  }
}
