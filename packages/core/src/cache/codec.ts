import type { ChatResponse } from '../contract/wire.ts'
import { openEntry, sealEntry } from './sealed-entry.ts'

/** `PLR2`, of which the digit is the schema: raised whenever the layout below changes. */
const magic = 0x32524c50

/** How far the clocks of the machines that share a store may differ, in ms. */
const clockSkewMs = 60_000

/** A stored answer: complete, guarded, with its original usage. */
export interface ResponseEntry {
  response: ChatResponse
  /** Wall-clock time of storing, ms since the epoch. */
  createdAt: number
  /** The entry is never served at or after this time, ms since the epoch. */
  expiresAt: number
  /** Under which it was begun: see `EpochCopy.of`. Not served under any other. */
  epochs: string
}

/** The entry as bytes: its JSON, sealed with its key. */
export function encodeEntry(key: string, entry: ResponseEntry): Uint8Array {
  return sealEntry(magic, key, JSON.stringify(entry))
}

/**
 * The entry, freshly parsed so that no two callers share an object; undefined when it is cut or changed, belongs to another
 * key, is of another schema, has expired at `now` (ms since the epoch), or is of a time that has not come: then the clock was set
 * back, and nobody knows how old it is. Never throws.
 */
export function decodeEntry(key: string, bytes: Uint8Array, now: number): ResponseEntry | undefined {
  const body = openEntry(magic, key, bytes)
  if (body === undefined) return undefined
  // The seal has just shown that we wrote this body ourselves.
  const entry = JSON.parse(body.toString()) as ResponseEntry
  const isFromLater = now < entry.createdAt - clockSkewMs
  return isFromLater || now >= entry.expiresAt ? undefined : entry
}
