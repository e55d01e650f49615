import type { ByteStore } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { provider, type Reply } from '../servers/provider.ts'

const numbered = (request: Exchange): Reply => ({ text: `Answer ${request.index}` })

/** A store that reads well, and whose writes do as they are told. */
function writingAs(set: ByteStore['set']): ByteStore {
  return { ...createSpyStore(), set }
}

const never = (): Promise<never> => new Promise(() => {})

/** What a store's client throws when its server has gone. */
const storeIsDown = (): Error => new Error('The store is down.')

/** Each way in which a write can fail. */
const failures: Readonly<Record<string, ByteStore['set']>> = {
  'rejects at once': () => Promise.reject(storeIsDown()),
  'rejects later': () => new Promise((_, reject) => setTimeout(() => reject(storeIsDown()), 20)),
  throws: () => {
    throw storeIsDown()
  },
  'rejects with nothing': () => Promise.reject(undefined),
  'throws null': () => {
    // JavaScript allows it, so a store may do it.
    // oxlint-disable-next-line no-throw-literal
    throw null
  },
  'never ends': never,
}

export const CAC17 = defineClause({
  id: 'CAC-17',
  sentence: 'A failed write never fails or delays a paid answer.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache', 'byte-store'],
  scenarios: [
    {
      name: 'however a write fails, whole and streamed answers arrive, and so do the next ones',
      case: 'ordinary',
      limitMs: 10_000,
      async run({ check, faults, pipeline }) {
        for (const [name, set] of Object.entries(failures)) {
          const server = await faults(provider(numbered))
          const made = pipeline({ server, responseCache: { store: writingAs(set) } })
          for (const index of [0, 2]) {
            const { response } = await made.chat(askCacheable('Whole'))
            check.equal(response.choices[0]?.message.content, `Answer ${index}`, `a write that ${name}`)
            const chunks = await readAll(made.stream(askCacheable('Streamed')))
            check.equal(textOf(chunks), `Answer ${index + 1}`, `a stream, with a write that ${name}`)
          }
          check.equal(server.journal.length, 4, 'requests at the provider: nothing was kept')
        }
        // What rejects later does so while somebody still looks.
        await new Promise((resolve) => setTimeout(resolve, 50))
      },
    },
    {
      name: 'an answer does not wait for the write that it causes',
      case: 'boundary',
      limitMs: 10_000,
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const { promise: permission, resolve: permit } = Promise.withResolvers<void>()
        const store = createSpyStore()
        const slow = {
          ...store,
          set: (key: string, value: Uint8Array, ttlMs: number) =>
            permission.then(() => store.set(key, value, ttlMs)),
        }
        const made = pipeline({ server, responseCache: { store: slow } })
        const whole = await made.chat(askCacheable('Whole'))
        const chunks = await readAll(made.stream(askCacheable('Streamed')))
        check.equal(store.entries.size, 0, 'entries when the answers have arrived')
        check.equal(whole.response.choices[0]?.message.content, 'Answer 0', 'the whole answer')
        check.equal(textOf(chunks), 'Answer 1', 'the streamed answer')
        permit()
        await new Promise((resolve) => setTimeout(resolve, 5))
        await made.chat(askCacheable('Whole'))
        await made.chat(askCacheable('Streamed'))
        check.equal(server.journal.length, 2, 'requests when the writes have ended')
      },
    },
    {
      name: 'a store whose writes work again keeps answers again',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const store = createSpyStore()
        let isDown = true
        const made = pipeline({
          server,
          responseCache: {
            store: {
              ...store,
              set(key, value, ttlMs) {
                if (isDown) throw storeIsDown()
                return store.set(key, value, ttlMs)
              },
            },
          },
        })
        await made.chat(askCacheable('Hello'))
        isDown = false
        await made.chat(askCacheable('Hello'))
        const { response } = await made.chat(askCacheable('Hello'))
        check.equal(response.choices[0]?.message.content, 'Answer 1', 'the answer that was kept')
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'those who share a call in flight are answered too, and a refresh as well',
      case: 'nasty',
      limitMs: 10_000,
      async run({ check, faults, pipeline }) {
        for (const [name, set] of Object.entries(failures)) {
          const server = await faults(provider({ text: 'Yes.', beforeFirst: [{ gate: 'go' }] }))
          const made = pipeline({ server, responseCache: { store: writingAs(set) } })
          const question = askCacheable('Well?')
          const calls = [
            made.chat(question),
            made.chat(question),
            made.chat(question, { cache: 'refresh' }),
            made.chat(question),
          ]
          const streams = [question, question].map((request) => readAll(made.stream(request)))
          await server.reached('go')
          await new Promise((resolve) => setTimeout(resolve, 20))
          server.release('go')
          for (const { response } of await Promise.all(calls)) {
            check.equal(response.choices[0]?.message.content, 'Yes.', `an answer, with a write that ${name}`)
          }
          for (const chunks of await Promise.all(streams)) check.equal(textOf(chunks), 'Yes.', 'a stream')
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
      },
    },
    {
      name: 'an entry that is no answer, and cannot be deleted, delays nobody',
      case: 'nasty',
      limitMs: 10_000,
      async run({ check, faults, pipeline }) {
        const fails = () => Promise.reject(storeIsDown())
        const throws = () => {
          throw storeIsDown()
        }
        for (const remove of [never, fails, throws]) {
          const server = await faults(provider(numbered))
          const garbage = new TextEncoder().encode('not an answer')
          const store: ByteStore = {
            ...createSpyStore(),
            get: () => garbage,
            getMany: (keys) => keys.map(() => garbage),
            set: never,
            delete: remove,
          }
          const made = pipeline({ server, responseCache: { store } })
          const { response } = await made.chat(askCacheable('Hello'))
          check.equal(response.choices[0]?.message.content, 'Answer 0', 'the whole answer')
          const chunks = await readAll(made.stream(askCacheable('Hello')))
          check.equal(textOf(chunks), 'Answer 1', 'the streamed answer')
        }
      },
    },
  ],
})
