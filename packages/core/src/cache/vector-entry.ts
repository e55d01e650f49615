/** A stored vector: little-endian float32 bytes and what its text cost when it was fetched. */
export interface VectorEntry {
  vector: Uint8Array
  /** Input tokens of this text, for the savings of later hits. */
  inputTokens: number
}

/** `PLV1`, then the token count, both 4 bytes: an entry of another layout is a miss. */
const magic = 0x31564c50
const headerBytes = 8

export function encodeVectorEntry({ vector, inputTokens }: VectorEntry): Uint8Array {
  const bytes = new Uint8Array(headerBytes + vector.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint32(4, inputTokens, true)
  bytes.set(vector, headerBytes)
  return bytes
}

/**
 * The entry; undefined when the bytes are not one, or not a vector of `dimensions` numbers where that is known. The
 * vector is a copy: it shares no memory with the store.
 */
export function decodeVectorEntry(
  bytes: Uint8Array,
  dimensions: number | undefined,
): VectorEntry | undefined {
  const vectorBytes = bytes.byteLength - headerBytes
  if (vectorBytes <= 0 || vectorBytes % 4 !== 0) return undefined
  if (dimensions !== undefined && vectorBytes !== dimensions * 4) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== magic) return undefined
  return { vector: bytes.slice(headerBytes), inputTokens: view.getUint32(4, true) }
}

/**
 * What each text of a batch cost, of the total that the provider reported: by its share of the UTF-8 bytes, as integers
 * that add up to the total. Exact for a batch of one.
 */
export function shareTokens(texts: readonly string[], totalTokens: number): number[] {
  const sizes = texts.map((text) => Buffer.byteLength(text, 'utf8'))
  const totalSize = sizes.reduce((sum, size) => sum + size, 0)
  let sizeSoFar = 0
  let sharedSoFar = 0
  return sizes.map((size) => {
    sizeSoFar += size
    const shareEnd = totalSize === 0 ? 0 : Math.round((totalTokens * sizeSoFar) / totalSize)
    const share = shareEnd - sharedSoFar
    sharedSoFar = shareEnd
    return share
  })
}
