import { crc32 } from 'node:zlib'

/** Kind and schema, then CRC-32 of all that follows, 4 bytes each, little-endian. */
const headerBytes = 8

/**
 * A body as the bytes of an entry: what kind it is of, a checksum, the key that it belongs to, and the body. The key stands in it
 * whole: a checksum over it would let one mixed-up entry in four thousand million pass. `magic` names kind and schema; `key` is ASCII
 * on one line.
 */
export function sealEntry(magic: number, key: string, body: string | Uint8Array): Uint8Array {
  const bodyStart = headerBytes + key.length + 1
  const entry = Buffer.allocUnsafeSlow(bodyStart + Buffer.byteLength(body))
  entry.writeUInt32LE(magic, 0)
  entry.write(`${key}\n`, headerBytes, 'latin1')
  if (typeof body === 'string') entry.write(body, bodyStart)
  else entry.set(body, bodyStart)
  entry.writeUInt32LE(crc32(entry.subarray(headerBytes)), 4)
  return entry
}

/**
 * The body of an entry, in the memory of `bytes`; undefined when they are cut or changed, of another kind or schema, or belong to
 * another key. A guard against faults, not attackers: whoever writes to the store can write any answer.
 */
export function openEntry(magic: number, key: string, bytes: Uint8Array): Buffer | undefined {
  const entry = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const bodyStart = headerBytes + key.length + 1
  if (entry.byteLength < bodyStart || entry.readUInt32LE(0) !== magic) return undefined
  if (entry.toString('latin1', headerBytes, bodyStart) !== `${key}\n`) return undefined
  if (crc32(entry.subarray(headerBytes)) !== entry.readUInt32LE(4)) return undefined
  return entry.subarray(bodyStart)
}
