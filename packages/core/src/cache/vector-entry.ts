import { epochBytes } from './epoch-copy.ts'
import { openEntry, sealEntry } from './sealed-entry.ts'

/** A stored vector: little-endian float32 bytes and what its text cost when it was fetched. */
export interface VectorEntry {
  vector: Uint8Array
  /** Input tokens of this text, for the savings of later hits. */
  inputTokens: number
}

/** `PLV2`, of which the digit is the schema: raised whenever the layout below changes. */
const magic = 0x32564c50

/** Before the vector stand the token count and the epochs. */
const countBytes = 4
const headerBytes = countBytes + epochBytes

/** The entry as bytes: token count, epochs and vector, sealed with its key. `epochs`: see `EpochCopy.of`. */
export function encodeVectorEntry(
  key: string,
  { vector, inputTokens }: VectorEntry,
  epochs: string,
): Uint8Array {
  const body = Buffer.alloc(headerBytes + vector.byteLength)
  body.writeUInt32LE(inputTokens, 0)
  body.write(epochs, countBytes, epochBytes, 'base64url')
  body.set(vector, headerBytes)
  return sealEntry(magic, key, body)
}

/**
 * The entry; undefined when it is cut or changed, belongs to another key, is of another schema, was begun under other epochs, or is
 * no vector of `dimensions` numbers where that is known. The vector is a copy: it shares no memory with the store.
 */
export function decodeVectorEntry(
  key: string,
  bytes: Uint8Array,
  { dimensions, epochs }: { dimensions: number | undefined; epochs: string },
): VectorEntry | undefined {
  const body = openEntry(magic, key, bytes)
  if (body === undefined) return undefined
  const vectorBytes = body.byteLength - headerBytes
  if (vectorBytes <= 0 || vectorBytes % 4 !== 0) return undefined
  if (dimensions !== undefined && vectorBytes !== dimensions * 4) return undefined
  const begunUnder = Buffer.alloc(epochBytes)
  begunUnder.write(epochs, 'base64url')
  if (begunUnder.compare(body, countBytes, headerBytes) !== 0) return undefined
  return { vector: Uint8Array.from(body.subarray(headerBytes)), inputTokens: body.readUInt32LE(0) }
}

/**
 * What each text of a batch cost, of the total that the provider reported: by its share of the UTF-8 bytes, as integers
 * that add up to the total. Exact for a batch of one.
 */
export function shareTokens(texts: readonly string[], totalTokens: number): number[] {
  // An empty text has its share, too: some servers take it, and count for it.
  const sizes = texts.map((text) => Math.max(1, Buffer.byteLength(text, 'utf8')))
  const totalSize = sizes.reduce((sum, size) => sum + size, 0)
  let sizeSoFar = 0
  let sharedSoFar = 0
  return sizes.map((size) => {
    sizeSoFar += size
    const shareEnd = Math.round((totalTokens * sizeSoFar) / totalSize)
    const share = shareEnd - sharedSoFar
    sharedSoFar = shareEnd
    return share
  })
}
