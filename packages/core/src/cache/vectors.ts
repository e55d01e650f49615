import type { EmbeddingItem } from '../contract/wire.ts'

/**
 * A vector as little-endian float32 bytes, whichever way the provider sent it. Numbers are rounded to float32 here, on the
 * first answer, so that a later hit is bit-identical to it.
 */
export function vectorToBytes(embedding: number[] | string): Uint8Array {
  if (typeof embedding === 'string') return Uint8Array.from(Buffer.from(embedding, 'base64'))
  const bytes = new Uint8Array(embedding.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of embedding.entries()) view.setFloat32(index * 4, value, true)
  return bytes
}

/** The vector in the encoding that the caller asked for; undefined asks for numbers. */
export function vectorFromBytes(
  bytes: Uint8Array,
  encoding: 'float' | 'base64' | undefined,
): number[] | string {
  if (encoding === 'base64')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true))
}

/** One item of an embeddings response. */
export function embeddingItem(
  index: number,
  bytes: Uint8Array,
  encoding: 'float' | 'base64' | undefined,
): EmbeddingItem {
  return { object: 'embedding', index, embedding: vectorFromBytes(bytes, encoding) }
}
