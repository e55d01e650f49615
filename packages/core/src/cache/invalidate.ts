import { StoreUnavailableError } from '../contract/errors.ts'
import { allScope, scopeName } from './scopes.ts'
import type { ByteStore } from './store.ts'

/** What is to be invalidated: exactly one of these. */
export interface Invalidation {
  /** Everything. */
  all?: true | undefined
  /** Of one tenant; calls without a tenant are those of `default`. */
  tenant?: string | undefined
  /** Of one model, as requests name it: `gpt-4o` is not `gpt-4o-2024-08-06`. */
  model?: string | undefined
  /** Of the calls that named this tag, of whichever tenant. */
  tag?: string | undefined
}

/** Throws `TypeError` unless exactly one thing is named. */
export function assertInvalidation(what: Invalidation): void {
  scopeOf(what)
}

/**
 * Ends what is named in each of the stores: nothing is deleted, but what was written or begun before is a miss, within 250 ms in
 * every process that shares them. All stores are asked, whatever becomes of one. Rejects with `StoreUnavailableError` when one does
 * not answer, and with `TypeError` for a store that keeps no epochs or unless exactly one thing is named.
 */
export async function invalidate(stores: Iterable<ByteStore>, what: Invalidation): Promise<void> {
  const scope = scopeOf(what)
  const ended = await Promise.allSettled([...new Set(stores)].map((store) => end(store, scope)))
  for (const result of ended) if (result.status === 'rejected') throw result.reason
}

async function end(store: ByteStore, scope: string): Promise<void> {
  if (store.epochs === undefined) {
    throw new TypeError(
      `A store of kind ${store.kind} keeps no epochs (\`ByteStore.epochs\`), so nothing in it can be invalidated.`,
    )
  }
  try {
    await store.epochs.end(scope)
  } catch (cause) {
    throw new StoreUnavailableError(
      `A store of kind ${store.kind} did not take an invalidation: what is in it may still be served. Invalidate again once it answers.`,
      { cause },
    )
  }
}

/** The name of the scope that is to end. */
function scopeOf(what: Invalidation): string {
  const named = Object.entries(what ?? {}).filter(([, value]) => value !== undefined)
  const [kind, name] = named[0] ?? []
  if (named.length === 1) {
    if (kind === 'all' && name === true) return allScope
    if ((kind === 'tenant' || kind === 'model' || kind === 'tag') && typeof name === 'string')
      return scopeName(kind, name)
  }
  throw new TypeError('invalidate takes exactly one of { tenant }, { model }, { tag } and { all: true }.')
}
