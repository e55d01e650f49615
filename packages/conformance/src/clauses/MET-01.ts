import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import { chatAnswer, errorAnswer } from '../servers/provider.ts'

export const MET01 = defineClause({
  id: 'MET-01',
  sentence: 'One logical call leaves exactly one record, whatever its retries; `attempts` says how many.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'retry'],
  scenarios: [
    {
      name: 'a call that succeeds at once leaves one record of one attempt',
      case: 'ordinary',
      async run({ check, ordinary, pipeline, records }) {
        const made = pipeline({ server: await ordinary() })
        const { metrics } = await made.chat(ask('Hello'))
        check.equal(records.length, 1, 'records')
        check.equal(records[0]?.attempts, 1, 'attempts')
        check.deepEqual(records[0], metrics, 'the record is the one that the caller gets')
        check.equal(made.metrics.summary().totalCalls, 1, 'calls in the summary')
      },
    },
    {
      name: 'a call that succeeds at its last attempt leaves one record of three attempts',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults((request) =>
          request.index < 2 ? errorAnswer(500) : chatAnswer(request, { text: 'At last.' }),
        )
        const made = pipeline({ server })
        const { metrics } = await made.chat(ask('Hello'))
        check.equal(server.journal.length, 3, 'requests at the provider')
        check.equal(metrics.attempts, 3, 'attempts')
        check.equal(metrics.success, true, 'success')
        check.equal(records.length, 1, 'records')
        const summary = made.metrics.summary()
        check.equal(summary.totalCalls, 1, 'calls in the summary')
        check.equal(summary.attempts, 3, 'attempts in the summary')
      },
    },
    {
      name: 'a stream that is retried before its first byte and one that fails for good leave one record each',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults((request) =>
          request.index === 1 ? chatAnswer(request, { text: 'Here.' }) : errorAnswer(503),
        )
        const made = pipeline({ server })
        const retried = made.stream(ask('Once more'))
        await readAll(retried)
        check.equal((await retried.result).metrics.attempts, 2, 'attempts of the stream')
        check.equal(records.length, 1, 'records after the stream')

        const failing = made.stream(ask('Never'))
        const error = await check.rejectsWithCode(readAll(failing), 'UPSTREAM', 'the failing stream')
        check.equal(error.attempts, 3, 'attempts of the error')
        await check.rejectsWithCode(failing.result, 'UPSTREAM', 'its result')
        check.equal(records.length, 2, 'records after both')
        check.equal(records[1]?.attempts, 3, 'attempts of the failing stream')
        check.equal(server.journal.length, 5, 'requests at the provider')
      },
    },
    {
      name: 'forty calls at once, every other one retried, leave forty records that add up to the requests',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const refused = new Set<unknown>()
        const server = await faults((request) => {
          const text = JSON.stringify(request.body)
          if (!text.includes('odd') || refused.has(text)) return chatAnswer(request, { text: 'Yes.' })
          refused.add(text)
          return errorAnswer(500)
        })
        const made = pipeline({ server })
        await Promise.all(
          Array.from({ length: 40 }, (_, index) => made.chat(ask(`${index} ${index % 2 ? 'odd' : 'even'}`))),
        )
        check.equal(records.length, 40, 'records')
        check.equal(new Set(records.map(({ id }) => id)).size, 40, 'distinct ids')
        const attempts = records.reduce((sum, record) => sum + record.attempts, 0)
        check.equal(attempts, 60, 'attempts of all records')
        check.equal(server.journal.length, 60, 'requests at the provider')
      },
    },
  ],
})
