import { createHash } from 'node:crypto'

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

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** SHA-256 in base64url is always this long; it stands before the body. */
const checkLength = 43

/** The entry as bytes: a check over key and body, then the body as JSON. */
export function encodeEntry(key: string, entry: ResponseEntry): Uint8Array {
  const body = JSON.stringify({ schema: entrySchema, ...entry })
  return encoder.encode(checkOf(key, body) + body)
}

/**
 * The entry, freshly parsed so that no two callers share an object; undefined when it is cut or changed, belongs to another
 * key, is of another schema, or has expired at `now` (ms since the epoch). Never throws.
 */
export function decodeEntry(key: string, bytes: Uint8Array, now: number): ResponseEntry | undefined {
  const text = decoder.decode(bytes)
  const body = text.slice(checkLength)
  if (text.slice(0, checkLength) !== checkOf(key, body)) return undefined
  // The check has just shown that we wrote this body ourselves.
  const { schema, response, createdAt, expiresAt } = JSON.parse(body) as ResponseEntry & { schema: number }
  if (schema !== entrySchema || now >= expiresAt) return undefined
  return { response, createdAt, expiresAt }
}

/** Binds a body to its key: a store that mixes up or damages its entries serves nothing. A guard against faults, not attackers. */
function checkOf(key: string, body: string): string {
  return createHash('sha256').update(`${entrySchema}\n${key}\n`).update(body).digest('base64url')
}
