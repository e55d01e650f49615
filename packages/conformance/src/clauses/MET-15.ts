import type { Ledger, Pipeline } from '@plumbline/core'

import type { Checks } from '../checks.ts'
import { defineClause } from '../clause.ts'
import { readAll, textOf } from '../lab.ts'
import { ask } from '../requests.ts'
import { errorAnswer, provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

/** A logger that does the same with every event, and how often it was asked to. */
function createLogger(log: () => unknown) {
  const logger = {
    calls: 0,
    info(): void {
      logger.calls++
      // A function that returns something passes for one that returns nothing.
      return log() as void
    },
    warn(): void {
      logger.calls++
      return log() as void
    },
  }
  return logger
}

const noLedger: Ledger = { record() {}, flush: async () => {}, ping: async () => {}, close: async () => {} }

function broken(): never {
  throw new Error('The disk is full.')
}

/** What was lost without failing a call, of all kinds together. */
function lossesOf({ metrics }: Pipeline): number {
  return Object.values(metrics.summary().losses ?? {}).reduce((sum, count) => sum + count, 0)
}

/** One call of each kind: both are answered, whatever is broken. */
async function bothAnswered(check: Checks, made: Pipeline): Promise<void> {
  const { response } = await made.chat(ask('Is all well?'))
  check.equal(response.choices[0]?.message.content, 'All is well.', 'the answer')
  check.equal(textOf(await readAll(made.stream(ask('Is all well?')))), 'All is well.', 'the streamed answer')
}

/** Loggers report what they lose a moment later. */
function aMoment(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

export const MET15 = defineClause({
  id: 'MET-15',
  sentence:
    'A collector, logger or exporter that throws or hangs never fails or delays a call; the loss is counted.',
  origin: 'found defect',
  kind: 'entrant',
  // Whoever never calls a logger loses nothing by it, and is asked about its collector.
  needs: ['chat', 'stream', 'metrics'],
  scenarios: [
    {
      name: 'a logger that throws loses its events and nothing else, and each loss is counted',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const logger = createLogger(broken)
        const made = pipeline({ server: await faults(provider({ text: 'All is well.' })), logger })
        await bothAnswered(check, made)
        check.equal(records.length, 2, 'records')
        check.equal(made.metrics.summary().totalCalls, 2, 'calls in the summary')
        check.equal(lossesOf(made), logger.calls, 'losses')
      },
    },
    {
      name: 'a collector that throws does not fail a call, and each loss is counted',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'All is well.' })) })
        made.metrics.record = broken
        await bothAnswered(check, made)
        check.equal(lossesOf(made), 2, 'losses')
      },
    },
    {
      name: 'a logger whose promise is rejected ends no process, and each loss is counted',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const logger = createLogger(() => Promise.reject(new Error('The connection was lost.')))
        const made = pipeline({ server: await faults(provider({ text: 'All is well.' })), logger })
        await bothAnswered(check, made)
        // A model without a price is warned of, through the same logger.
        await made.chat(ask('Hello', { model: 'plumbline-unheard-of-1' }))
        await aMoment()
        check.equal(records.length, 3, 'records')
        check.equal(lossesOf(made), logger.calls, 'losses')
      },
    },
    {
      name: 'nobody waits for a logger or a collector that never answers',
      case: 'boundary',
      limitMs: 5000,
      async run({ check, faults, pipeline }) {
        const logger = createLogger(() => new Promise(() => {}))
        const made = pipeline({ server: await faults(provider({ text: 'All is well.' })), logger })
        await bothAnswered(check, made)
        made.metrics.record = () => new Promise(() => {}) as unknown as void // As in `createLogger`.
        await bothAnswered(check, made)
        await Promise.all(Array.from({ length: 20 }, () => bothAnswered(check, made)))
      },
    },
    {
      name: 'a ledger and exporters that throw, reject or hang lose their records and nothing else, and each loss is counted',
      case: 'boundary',
      needs: ['ledger'],
      limitMs: 5000,
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'All is well.' }))
        const kept: string[] = []
        const made = pipeline({
          server,
          ledger: { ...noLedger, record: broken },
          exporters: [
            { record: broken },
            { record: () => Promise.reject(new Error('The connection was lost.')) },
            { record: () => new Promise(() => {}) },
            { record: ({ id }) => kept.push(id) },
          ],
        })
        await bothAnswered(check, made)
        await aMoment()
        check.equal(made.metrics.summary().totalCalls, 2, 'calls in the summary')
        check.deepEqual(
          kept,
          records.map(({ id }) => id),
          'records of the exporter that works',
        )
        check.deepEqual({ ...made.metrics.summary().losses }, { ledger: 2, exporter: 4 }, 'losses')
      },
    },
    {
      name: 'a collector whose promise is rejected is a loss like any other',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'All is well.' })) })
        made.metrics.record = () => Promise.reject(new Error('The store is down.')) as unknown as void // As above.
        await bothAnswered(check, made)
        await aMoment()
        check.equal(lossesOf(made), 2, 'losses')
      },
    },
    {
      name: 'a collector that can do nothing at all, not even count losses, leaves answers as they are',
      case: 'nasty',
      limitMs: 5000,
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'All is well.' }))
        // A rule that finds something, where there are rules: its verdict is counted too.
        const made = pipeline({
          server,
          guardrails: wordPolicy('well', 'report'),
          logger: createLogger(broken),
        })
        Object.assign(made.metrics, { record: broken, countVerdicts: broken, countLoss: broken })
        await bothAnswered(check, made)
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'a call that fails rejects with its own error, not with the collector’s or the logger’s',
      case: 'nasty',
      limitMs: 5000,
      async run({ check, faults, pipeline }) {
        const server = await faults(() => errorAnswer(401, { type: 'invalid_request_error' }))
        const told = async (made: Pipeline): Promise<string[]> => {
          const outcomes = await Promise.allSettled([
            made.chat(ask('Hello')),
            readAll(made.stream(ask('Hello'))),
          ])
          return outcomes.map((outcome) =>
            outcome.status === 'rejected' ? String(outcome.reason) : 'answered',
          )
        }
        const expected = await told(pipeline({ server }))
        check.equal(expected.includes('answered'), false, 'the calls fail')

        const made = pipeline({ server, logger: createLogger(broken) })
        made.metrics.record = broken
        check.deepEqual(await told(made), expected, 'with a collector and a logger that throw')
        check.ok(lossesOf(made) >= 2, 'the losses are counted')

        const worse = pipeline({ server, logger: createLogger(() => new Promise(() => {})) })
        Object.assign(worse.metrics, { record: broken, countVerdicts: broken, countLoss: broken })
        check.deepEqual(await told(worse), expected, 'with a collector that can do nothing')
      },
    },
  ],
})
