import type { ChatResponse } from '../contract/wire.ts'

/** Raised whenever the layout below changes; an entry of another schema is a miss. */
const entrySchema = 1

/** A stored answer: complete, guarded, with its original usage. */
export interface ResponseEntry {
  response: ChatResponse
  /** Wall-clock time of storing, ms since the epoch. */
  createdAt: number
  /** The entry is never served at or after this time, ms since the epoch. */
  expiresAt: number
}

interface StoredEntry extends ResponseEntry {
  schema: number
  /** The key that the body belongs to: a store that mixes up its entries serves nothing. */
  key: string
}

const encoder = new TextEncoder()
// `fatal`: bytes that are not UTF-8 are a corrupt entry, not an entry with replacement characters in it.
const decoder = new TextDecoder('utf-8', { fatal: true })

export function encodeEntry(key: string, entry: ResponseEntry): Uint8Array {
  return encoder.encode(JSON.stringify({ schema: entrySchema, key, ...entry } satisfies StoredEntry))
}

/**
 * The entry, freshly parsed so that no two callers share an object; undefined when it is not one of ours, belongs to another
 * key, is of another schema, or has expired at `now` (ms since the epoch). Never throws.
 */
export function decodeEntry(key: string, bytes: Uint8Array, now: number): ResponseEntry | undefined {
  let stored: unknown
  try {
    stored = JSON.parse(decoder.decode(bytes))
  } catch {
    return undefined
  }
  if (!isStoredEntry(stored) || stored.schema !== entrySchema || stored.key !== key) return undefined
  if (now >= stored.expiresAt) return undefined
  return { response: stored.response, createdAt: stored.createdAt, expiresAt: stored.expiresAt }
}

function isStoredEntry(value: unknown): value is StoredEntry {
  if (typeof value !== 'object' || value === null) return false
  const { response, createdAt, expiresAt } = value as Partial<StoredEntry>
  return (
    typeof createdAt === 'number' &&
    typeof expiresAt === 'number' &&
    typeof response === 'object' &&
    response !== null &&
    Array.isArray(response.choices)
  )
}
