import fc from 'fast-check'

import { createMemoryStore, systemClock, type ByteStore } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { FaultServer } from '../servers/fault-server.ts'
import { provider } from '../servers/provider.ts'

/** A store whose entries a scenario can change behind everyone's back. */
interface OpenStore {
  store: ByteStore
  /** The one answer that is kept; undefined when none is. */
  read(): Uint8Array | undefined
  put(bytes: Uint8Array): void
  /** Keys that were deleted so far. */
  readonly deleted: number
}

function openStore(): OpenStore {
  const inner = createMemoryStore()
  let lastKey = ''
  let deleted = 0
  return {
    store: {
      ...inner,
      set(key, value, ttlMs) {
        lastKey = key
        return inner.set(key, value, ttlMs)
      },
      delete(key) {
        deleted++
        return inner.delete(key)
      },
    },
    // The memory store answers at once.
    read: () => inner.get(lastKey) as Uint8Array | undefined,
    put: (bytes) => void inner.set(lastKey, bytes, 60_000),
    get deleted() {
      return deleted
    },
  }
}

/** Asks, lets `change` do something to the bytes that were stored, and asks again. */
async function tryChange(
  { check, pipeline }: Lab,
  server: FaultServer,
  change: (bytes: Uint8Array) => Uint8Array | undefined,
): Promise<void> {
  const kept = openStore()
  const made = pipeline({ server, clock: systemClock, responseCache: { store: kept.store } })
  const ask = async (): Promise<string> => {
    const { response } = await made.chat(askCacheable('Hello'))
    return String(response.choices[0]?.message.content)
  }
  await ask()
  const stored = kept.read()
  check.ok(stored !== undefined, 'an entry is stored')
  const changed = stored && change(stored)
  if (changed === undefined) return
  kept.put(changed)
  const before = server.journal.length
  check.equal(await ask(), `Answer ${before}`, 'the answer comes from the provider')
  check.equal(kept.deleted, 1, 'entries deleted')
  check.equal(await ask(), `Answer ${before}`, 'the new answer is kept')
}

const numbered = provider((request) => ({ text: `Answer ${request.index}` }))

export const CAC18 = defineClause({
  id: 'CAC-18',
  sentence: 'A corrupted, truncated, older-schema or oversized entry is a miss and is deleted.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'response-cache', 'byte-store'],
  scenarios: [
    {
      name: 'an entry cut anywhere is a miss',
      case: 'ordinary',
      async run(lab) {
        const server = await lab.faults(numbered)
        const cut = fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (share) =>
          tryChange(lab, server, (bytes) => bytes.slice(0, Math.floor(bytes.byteLength * share))),
        )
        await fc.assert(cut, { numRuns: 25 })
      },
    },
    {
      name: 'an entry with one bit changed anywhere is a miss',
      case: 'boundary',
      async run(lab) {
        const server = await lab.faults(numbered)
        const flip = fc.asyncProperty(
          fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
          fc.nat(7),
          (share, bit) =>
            tryChange(lab, server, (bytes) => {
              const changed = Uint8Array.from(bytes)
              const index = Math.floor(bytes.byteLength * share)
              changed[index] = (changed[index] ?? 0) ^ (1 << bit)
              return changed
            }),
        )
        await fc.assert(flip, { numRuns: 40 })
      },
    },
    {
      name: 'anything else in its place is a miss: random bytes, JSON of another schema, an answer without its check, one that is too long',
      case: 'nasty',
      async run(lab) {
        const server = await lab.faults(numbered)
        const text = (value: string) => new TextEncoder().encode(value)
        await fc.assert(
          fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) => tryChange(lab, server, () => bytes)),
          { numRuns: 25 },
        )
        const answer = {
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Forged' } }],
        }
        const others = [
          JSON.stringify({ schema: 0, response: answer, createdAt: 0, expiresAt: 9e15 }),
          JSON.stringify({ schema: 1, response: answer, createdAt: 0, expiresAt: 9e15 }),
          JSON.stringify(answer),
          'null',
          `${'x'.repeat(43)}{"schema":1}`,
          `PLR2${'x'.repeat(200)}`,
          'x'.repeat(5_000_000),
        ]
        for (const other of others) await tryChange(lab, server, () => text(other))
        // With what an entry of ours begins with, and more behind it than was written.
        await tryChange(lab, server, (bytes) => Buffer.concat([bytes, text(' ')]))
        await tryChange(lab, server, (bytes) => Buffer.concat([bytes, bytes]))
      },
    },
    {
      name: 'an entry that belongs to another key is a miss',
      case: 'nasty',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const server = await faults(numbered)
        const kept = openStore()
        const made = pipeline({ server, clock: systemClock, responseCache: { store: kept.store } })
        await made.chat(askCacheable('One'))
        const entry = kept.read()
        await made.chat(askCacheable('Two'))
        check.ok(entry !== undefined, 'an entry is stored')
        if (entry) kept.put(entry)
        const { response } = await made.chat(askCacheable('Two'))
        check.equal(response.choices[0]?.message.content, 'Answer 2', 'the answer to the second question')
        check.equal(kept.deleted, 1, 'entries deleted')
      },
    },
  ],
})
