import { createHash } from 'node:crypto'

import type { CacheMode } from '@plumbline/core'

import { seededRandom } from '../src/method/seeded-random.ts'

/** What one caller does. It follows from the seed and the number of the call alone, so that a seed can be run again. */
export interface PlannedCall {
  kind: 'chat' | 'stream' | 'embed'
  question: string
  tenant: string
  cache: CacheMode
  /** Of the whole call; some are too short for any answer. */
  deadlineMs: number
  /** The caller aborts after this long. */
  abortAfterMs?: number
  /** The reader of a stream leaves after this many chunks. */
  leaveAfterChunks?: number
  /** The reader of a stream waits so long after each chunk. */
  slowReaderMs?: number
}

/** Call number `index` of the run with this seed. */
export function planCall(seed: number, index: number): PlannedCall {
  const random = randomFor(seed, `call ${index}`)
  const one = <T>(items: readonly [T, ...T[]]): T => items[Math.floor(random() * items.length)] ?? items[0]
  const kind = one(['chat', 'chat', 'stream', 'stream', 'embed'] as const)
  return {
    kind,
    // Few enough that many calls share a flight or find an entry.
    question: `question ${Math.floor(random() * 60)}`,
    tenant: one(['a', 'b']),
    cache: one(['use', 'use', 'use', 'bypass', 'refresh']),
    deadlineMs: one([15, 250, 250, 500]),
    ...(random() < 0.2 && { abortAfterMs: Math.floor(random() * 40) }),
    ...(kind === 'stream' && random() < 0.2 && { leaveAfterChunks: Math.floor(random() * 6) }),
    ...(kind === 'stream' && random() < 0.1 && { slowReaderMs: 5 }),
  }
}

/** Uniform numbers in [0, 1) for one purpose of one run. */
export function randomFor(seed: number, purpose: string): () => number {
  return seededRandom(createHash('sha256').update(`${seed} ${purpose}`).digest().readUInt32LE(0))
}
