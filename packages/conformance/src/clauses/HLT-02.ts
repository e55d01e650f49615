import { defineClause } from '../clause.ts'
import { createSpyStore } from '../lab.ts'
import { passTime } from '../pass-time.ts'
import type { Answer } from '../servers/answer.ts'
import { errorAnswer, provider } from '../servers/provider.ts'

const good = provider({ text: 'Yes.' })
const deadStore = () =>
  Object.assign(createSpyStore(), { ping: () => Promise.reject(new Error('connect ECONNREFUSED')) })

export const HLT02 = defineClause({
  id: 'HLT-02',
  sentence: 'A dead cache is `warn`; a dead provider is `fail`; the probe spends no tokens.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['health', 'byte-store', 'clock'],
  scenarios: [
    {
      name: 'a dead cache is a warning, since every call still succeeds',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const made = pipeline({ server: await faults(good), responseCache: { store: deadStore() } })
        const { status, parts } = await made.health()
        check.deepEqual(
          [status, parts.provider.status, parts.store.status],
          ['warn', 'pass', 'warn'],
          'the whole, the provider and the store',
        )
      },
    },
    {
      name: 'a provider that is not there is a failure, whatever the cache',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults([])
        await server.close()
        for (const store of [createSpyStore(), deadStore()]) {
          const { status, parts } = await pipeline({ server, responseCache: { store } }).health()
          check.deepEqual([status, parts.provider.status], ['fail', 'fail'], 'the whole and the provider')
        }
      },
    },
    {
      name: 'the probe sends no prompt, and reads nothing that is paid for',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(good)
        const store = createSpyStore()
        const made = pipeline({ server, responseCache: { store } })
        for (let time = 0; time < 3; time++) await made.health()
        check.equal(server.journal.length, 3, 'requests of three reports')
        for (const { method, body, path } of server.journal) {
          check.deepEqual([method, body], ['GET', undefined], 'method and body of the probe')
          check.ok(!/completions|embeddings|responses/.test(path), `the probe must not go to ${path}`)
        }
        check.equal(records.length, 0, 'records: a probe is no call')
        check.deepEqual([store.reads, store.writes], [0, 0], 'reads and writes of the store')
      },
    },
    {
      name: 'a refused key, a server error and a redirect are failures; they are not tried again',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const answers: Answer[] = [
          errorAnswer(401, { code: 'invalid_api_key' }),
          errorAnswer(403),
          errorAnswer(500),
          errorAnswer(503, {}, { 'retry-after': '1' }),
          { status: 302, headers: { location: 'https://example.invalid/sign-in' }, steps: [] },
          { before: [{ reset: true }], steps: [] },
        ]
        for (const answer of answers) {
          const server = await faults([answer])
          const report = passTime(pipeline({ server }).health(), { clock, servers: [server], upToMs: 1_900 })
          const { status, parts } = await report
          check.deepEqual(
            [status, parts.provider.status],
            ['fail', 'fail'],
            `the whole and the provider that answers ${answer.status}`,
          )
          check.equal(server.journal.length, 1, `probes of the provider that answers ${answer.status}`)
        }
      },
    },
    {
      name: 'a provider that answers, but has no list of models or too many callers, is not dead',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        for (const status of [404, 405, 429]) {
          const report = await pipeline({ server: await faults([errorAnswer(status)]) }).health()
          check.deepEqual(
            [report.status, report.parts.provider.status],
            ['warn', 'warn'],
            `the whole and the provider that answers ${status}`,
          )
        }
      },
    },
    {
      name: 'it tells what is so now: down, up, and down again',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        let isUp = false
        let isStoreUp = false
        const server = await faults((request) => (isUp ? good(request) : errorAnswer(503)))
        const store = Object.assign(createSpyStore(), {
          ping: () => (isStoreUp ? undefined : Promise.reject(new Error('down'))),
        })
        const made = pipeline({ server, responseCache: { store } })
        const seen: string[] = []
        for (const [provided, stored] of [
          [false, false],
          [true, false],
          [true, true],
          [false, true],
        ] as const) {
          isUp = provided
          isStoreUp = stored
          seen.push((await made.health()).status)
        }
        check.deepEqual(seen, ['fail', 'warn', 'pass', 'fail'], 'the reports')
      },
    },
  ],
})
