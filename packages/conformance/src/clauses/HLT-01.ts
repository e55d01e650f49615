import type { Ledger } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, type SpyStore } from '../lab.ts'
import { passTime } from '../pass-time.ts'
import { ask } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import { errorAnswer, provider } from '../servers/provider.ts'
import { unwrap, watched } from '../timing.ts'

/** `Pipeline.health`: how long it may take, in ms. */
const limitMs = 2_000

const silent: Answer = { before: [{ stall: true }], steps: [] }

/** A store whose ping does this. */
function storeThat(ping: () => unknown): SpyStore {
  return Object.assign(createSpyStore(), { ping: ping as SpyStore['ping'] })
}

/** A ledger whose ping does this. */
function ledgerThat(ping: () => Promise<void>): Ledger {
  return { record() {}, flush: async () => {}, ping, close: async () => {} }
}

export const HLT01 = defineClause({
  id: 'HLT-01',
  sentence:
    '`health()` answers within its limit whatever is down, with `pass`, `warn` or `fail` overall and per part (provider, store, breaker, ledger).',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['health', 'byte-store', 'clock'],
  scenarios: [
    {
      name: 'when all is well it passes, overall and in each part',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, responseCache: { store: createSpyStore() } })
        const { status, parts } = await made.health()
        check.equal(status, 'pass', 'the whole')
        check.equal(parts.provider.status, 'pass', 'the provider')
        check.equal(parts.store.status, 'pass', 'the store')
      },
    },
    {
      name: 'without any store there is nothing that could be down',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.' })) })
        const { status, parts } = await made.health()
        check.deepEqual([status, parts.store.status], ['pass', 'pass'], 'the whole and the store')
      },
    },
    {
      name: 'a provider and a store that never answer cost one limit, not two',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults([silent])
        const store = storeThat(() => new Promise(() => {}))
        const made = pipeline({ server, responseCache: { store }, embeddingCache: { store } })
        const beforeMs = clock.monotonicMs()
        const { status, parts } = await passTime(made.health(), { clock, upToMs: limitMs })
        check.between(clock.monotonicMs() - beforeMs, 0, limitMs, 'the time it took')
        check.equal(status, 'fail', 'the whole')
        check.deepEqual([parts.provider.status, parts.store.status], ['fail', 'warn'], 'the parts')
        check.ok(parts.provider.reason && parts.store.reason, 'each part must say why')
        const [probe] = server.journal
        if (probe) await server.ended(probe)
        check.equal(probe?.ended?.by, 'client', 'who closed the probe')
      },
    },
    {
      name: 'a ledger that cannot write is a warning, and without one there is nothing that could be',
      case: 'boundary',
      needs: ['ledger'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const statusOf = async (ping?: () => Promise<void>): Promise<unknown[]> => {
          const made = pipeline({ server, ...(ping && { ledger: ledgerThat(ping) }) })
          const { status, parts } = await passTime(made.health(), { clock, upToMs: limitMs })
          return [status, parts.ledger.status]
        }
        check.deepEqual(await statusOf(), ['pass', 'pass'], 'the whole and the ledger, without one')
        check.deepEqual(await statusOf(async () => {}), ['pass', 'pass'], 'with one that is well')
        const failing = () => Promise.reject(new Error('The disk is full.'))
        check.deepEqual(await statusOf(failing), ['warn', 'warn'], 'with one that cannot write')
        check.deepEqual(await statusOf(() => new Promise(() => {})), ['warn', 'warn'], 'with one that hangs')
      },
    },
    {
      name: 'an answer that starts and never ends does not hold it up',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults([{ steps: [{ text: '{"object":"list","data":[' }, { stall: true }] }])
        // No time passes: that the provider has begun to answer is enough.
        const { status } = await pipeline({ server }).health()
        check.equal(status, 'pass', 'the whole')
        const ending = watched(server.ended(await server.received(1)))
        const { ended } = unwrap(await ending.within(5_000, 'The end of the probe'))
        check.equal(ended?.by, 'client', 'who closed the probe')
      },
    },
    {
      name: 'stores that throw, reject with nothing, or answer after the limit leave a report all the same',
      case: 'nasty',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const late = Promise.withResolvers<void>()
        const pings: (() => unknown)[] = [
          () => {
            throw new Error('The socket is closed.')
          },
          () => Promise.reject(new Error('ECONNREFUSED')),
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- drivers do it
          () => Promise.reject(undefined),
          () => late.promise,
        ]
        for (const ping of pings) {
          const store = storeThat(ping)
          const made = pipeline({ server, responseCache: { store }, embeddingCache: false })
          const { status, parts } = await passTime(made.health(), { clock, upToMs: limitMs })
          check.deepEqual([status, parts.store.status], ['warn', 'warn'], 'the whole and the store')
          check.ok(parts.store.reason, 'the store must say why')
        }
        // It fails when nobody waits for it any more: nothing may come of that.
        late.reject(new Error('Too late.'))
      },
    },
    {
      name: 'the embedding cache’s store counts like the response cache’s',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const dead = storeThat(() => Promise.reject(new Error('down')))
        const alive = createSpyStore()
        for (const stores of [
          { responseCache: { store: alive }, embeddingCache: { store: dead } },
          { responseCache: { store: dead }, embeddingCache: { store: alive } },
          { responseCache: false as const, embeddingCache: { store: dead } },
        ]) {
          const { status, parts } = await pipeline({ server, ...stores }).health()
          check.deepEqual([status, parts.store.status], ['warn', 'warn'], 'the whole and the store')
        }
      },
    },
    {
      name: 'an open circuit breaker is a warning that says of how many models, and goes when it closes',
      case: 'boundary',
      needs: ['chat', 'breaker'],
      async run({ check, faults, pipeline, clock }) {
        let down = true
        const answer = provider({ text: 'Yes.' })
        const server = await faults((request) =>
          down && request.path.endsWith('/completions') ? errorAnswer(500) : answer(request),
        )
        const breaker = { minimumAttempts: 2, openMs: 10_000 }
        const made = pipeline({ server, breaker, retry: { maxRetries: 0 } })
        check.equal((await made.health()).parts.breaker.status, 'pass', 'the breaker before any call')
        for (let call = 0; call < 2; call++) {
          await check.rejectsWithCode(made.chat(ask('Hello', { model: 'a-model-of-somebody' })), 'UPSTREAM')
        }
        const { status, parts } = await made.health()
        check.deepEqual([status, parts.breaker.status], ['warn', 'warn'], 'the whole and the breaker')
        check.equal(parts.breaker.reason, '1 of 1 models', 'why')
        down = false
        clock.advance(breaker.openMs)
        await made.chat(ask('Hello', { model: 'a-model-of-somebody' }))
        check.equal((await made.health()).status, 'pass', 'the whole after it has closed')
      },
    },
  ],
})
