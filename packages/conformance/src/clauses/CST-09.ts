import { createPriceBook, type BudgetOptions, type CallContext, type ChatRequest } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab, type LabPipelineOptions } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { FaultServer } from '../servers/fault-server.ts'
import { errorAnswer, provider, type Reply } from '../servers/provider.ts'

/** Only the output costs, so that a call of `limited` costs a tenth of a cent to the nano-dollar, however its input is estimated. */
const prices = createPriceBook({
  overrides: [
    { model: 'gpt-4o', inputNanoUsdPerToken: 0, outputNanoUsdPerToken: 10_000 },
    { model: 'by-input', inputNanoUsdPerToken: 1_000_000 },
    { model: 'text-embedding-3-small', inputNanoUsdPerToken: 1_000_000 },
  ],
})
const callUsd = 0.001
const callNanoUsd = 1_000_000
const limited = { max_completion_tokens: 100 } as const
const usage = { prompt_tokens: 10, completion_tokens: 100 }
const yes: Reply = { text: 'Yes.', usage }
const secret = 'PROMPT-XYZZY'

const acme: CallContext = { tenant: 'acme' }
const money = (request: string): ChatRequest => ask(request, limited)

function budgeted(
  { pipeline }: Lab,
  server: FaultServer,
  budgets: BudgetOptions,
  options: Partial<LabPipelineOptions> = {},
): ReturnType<Lab['pipeline']> {
  return pipeline({ server, prices, budgets, ...options })
}

/** The promise, whose rejection is nobody's loss when the scenario fails before it is awaited. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

export const CST09 = defineClause({
  id: 'CST-09',
  sentence:
    "A budget (per tenant, per hour/day) raises `BudgetExceededError` before the call that would pass it (spent + in flight + this call's estimated input and its output limit, default 1,024 tokens), and warns at a threshold.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['budgets', 'chat', 'stream', 'embed', 'metrics', 'cost', 'price-cards', 'logger', 'clock'],
  scenarios: [
    {
      name: 'once the hour is spent, chat, stream and embed are refused, recorded once each, and nobody is asked',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, records } = lab
        const server = await faults(provider(yes))
        const made = budgeted(lab, server, { eachTenant: { hourUsd: 2 * callUsd } })
        for (let call = 0; call < 2; call++) await made.chat(money(`Hello ${call}`), acme)
        const refused = [
          await check.rejectsWithCode(made.chat(money(secret), acme), 'BUDGET_EXCEEDED'),
          await check.rejectsWithCode(readAll(made.stream(money(secret), acme)), 'BUDGET_EXCEEDED'),
          await check.rejectsWithCode(
            made.embed({ model: 'text-embedding-3-small', input: secret }, acme),
            'BUDGET_EXCEEDED',
          ),
        ]
        for (const error of refused) {
          check.deepEqual([error.attempts, error.retryable], [0, false], 'attempts and retryable')
          check.lacks(error.message, secret, 'the error')
        }
        check.equal(server.journal.length, 2, 'requests at the provider')
        check.deepEqual(
          records
            .slice(2)
            .map(({ outcome, success, attempts, costNanoUsd, error, blockedBy }) => [
              outcome,
              success,
              attempts,
              costNanoUsd,
              error?.code,
              blockedBy,
            ]),
          Array.from({ length: 3 }, () => ['blocked', false, 0, 0, 'BUDGET_EXCEEDED', 'budget.hour']),
          'records of the refused calls',
        )
        await made.chat(money('Hello'), { tenant: 'other' })
        check.equal(records.at(-1)?.outcome, 'success', 'the outcome of another tenant')
        check.equal(made.metrics.summary().costNanoUsd, 3 * callNanoUsd, 'cost in the summary')
      },
    },
    {
      name: 'the next hour has its own budget, within that of the day, and tenants have theirs by name',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, clock } = lab
        const server = await faults(provider(yes))
        const tenants = { acme: { hourUsd: callUsd, dayUsd: 2 * callUsd }, free: {} }
        const made = budgeted(lab, server, { eachTenant: { dayUsd: 0 }, tenants })
        const passes = async (context: CallContext) => {
          await made.chat(money('Hello'), context)
          check.ok(true)
        }
        const isRefused = async (context: CallContext) => {
          await check.rejectsWithCode(made.chat(money('Hello'), context), 'BUDGET_EXCEEDED')
        }
        clock.setWallClock(Date.UTC(2026, 10, 24, 12, 59, 59, 999))
        await passes(acme)
        await isRefused(acme)
        clock.advance(1)
        await passes(acme)
        clock.advance(3_600_000)
        await isRefused(acme)
        clock.setWallClock(Date.UTC(2026, 10, 25))
        await passes(acme)
        for (let call = 0; call < 3; call++) await passes({ tenant: 'free' })
        await isRefused({ tenant: 'unknown' })
        await isRefused({ tenant: 'constructor' })
      },
    },
    {
      name: 'passing the threshold is warned of once in a window, without prompts',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, clock, logger } = lab
        const server = await faults(provider(yes))
        const made = budgeted(lab, server, { eachTenant: { hourUsd: 10 * callUsd }, warnAt: 0.5 })
        const warnings = () =>
          logger.events.filter(
            ({ level, event }) => level === 'warn' && event['event'] === 'llm_budget_warning',
          )
        for (let call = 0; call < 5; call++) await made.chat(money(secret), acme)
        check.equal(warnings().length, 0, 'warnings at the threshold')
        await made.chat(money(secret), acme)
        check.equal(warnings().length, 1, 'warnings just over the threshold')
        for (let call = 0; call < 3; call++) await made.chat(money(secret), acme)
        check.equal(warnings().length, 1, 'warnings later in the window')
        check.deepEqual(
          [warnings()[0]?.event['tenant'], warnings()[0]?.event['window'], warnings()[0]?.event['limit_usd']],
          ['acme', 'hour', 10 * callUsd],
        )
        check.lacks(JSON.stringify(logger.events), secret, 'the log')
        clock.advance(3_600_000)
        for (let call = 0; call < 7; call++) await made.chat(money('Hello'), acme)
        check.equal(warnings().length, 2, 'warnings in two windows')
      },
    },
    {
      name: 'a call that makes exactly the budget passes, one nano-dollar more does not',
      case: 'boundary',
      async run(lab) {
        const { check, faults } = lab
        const server = await faults(provider(yes))
        const exact = budgeted(lab, server, { eachTenant: { dayUsd: 0.003 } })
        const short = budgeted(lab, server, { eachTenant: { dayUsd: 0.002999999 } })
        for (let call = 0; call < 2; call++) {
          await exact.chat(money('Hello'), acme)
          await short.chat(money('Hello'), acme)
        }
        await exact.chat(money('Hello'), acme)
        await check.rejectsWithCode(short.chat(money('Hello'), acme), 'BUDGET_EXCEEDED')
        check.equal(server.journal.length, 5, 'requests at the provider')
      },
    },
    {
      name: 'a call without an output limit counts 1,024 tokens, one of several answers each of them, and a long input counts',
      case: 'boundary',
      async run(lab) {
        const { check, faults } = lab
        const server = await faults(provider(yes))
        const outputUsd = 1024 * 0.00001
        const enough = budgeted(lab, server, { eachTenant: { dayUsd: outputUsd } })
        const short = budgeted(lab, server, { eachTenant: { dayUsd: outputUsd - 1e-9 } })
        await check.rejectsWithCode(short.chat(ask('Hello'), acme), 'BUDGET_EXCEEDED')
        await check.rejectsWithCode(readAll(short.stream(ask('Hello'), acme)), 'BUDGET_EXCEEDED')
        await enough.chat(ask('Hello'), acme)
        const two = budgeted(lab, server, { eachTenant: { dayUsd: 2 * callUsd } })
        await check.rejectsWithCode(two.chat(ask('Hello', { ...limited, n: 3 }), acme), 'BUDGET_EXCEEDED')
        await two.chat(ask('Hello', { ...limited, n: 2 }), acme)
        check.equal(server.journal.length, 2, 'requests at the provider')

        // A tenth of a cent for each token: a dollar is a thousand.
        const byInput = budgeted(lab, server, { eachTenant: { dayUsd: 1 } })
        const words = 'word '.repeat(10_000)
        await check.rejectsWithCode(byInput.chat(ask(words, { model: 'by-input' }), acme), 'BUDGET_EXCEEDED')
        const input = ['Hello', words]
        await check.rejectsWithCode(
          byInput.embed({ model: 'text-embedding-3-small', input }, acme),
          'BUDGET_EXCEEDED',
        )
        check.equal(server.journal.length, 2, 'requests at the provider after long inputs')
      },
    },
    {
      name: 'hits and followers need no budget, and what was held too much is given back',
      case: 'boundary',
      async run(lab) {
        const { check, faults, records } = lab
        const server = await faults(provider({ ...yes, beforeFirst: [{ gate: 'go' }] }))
        const budgets = { eachTenant: { dayUsd: 3.5 * callUsd } }
        const made = budgeted(lab, server, budgets, { responseCache: {} })
        // May cost three times as much as it does.
        const question = askCacheable('Same?', { max_completion_tokens: 300 })
        const calls = Array.from({ length: 10 }, () => handled(made.chat(question, acme)))
        await server.reached('go')
        server.release('go')
        await Promise.all(calls)
        // 2.5 calls are left: not enough for another question of three, and a hit is served all the same.
        await check.rejectsWithCode(
          made.chat(askCacheable('Another?', { max_completion_tokens: 300 }), acme),
          'BUDGET_EXCEEDED',
        )
        await made.chat(question, acme)
        await readAll(made.stream(question, acme))
        check.deepEqual(
          records.map(({ cacheStatus }) => cacheStatus).filter((status) => status === 'hit'),
          ['hit', 'hit'],
          'hits',
        )
        await made.chat(askCacheable('A short one?', { max_completion_tokens: 250 }), acme)
        check.equal(made.metrics.summary().costNanoUsd, 2 * callNanoUsd, 'cost')
      },
    },
    {
      name: 'of 64 calls at once, whole and streamed, as many are sent as fit',
      case: 'nasty',
      async run(lab) {
        const { check, faults } = lab
        const server = await faults(provider({ ...yes, beforeFirst: [{ gate: 'go' }] }))
        const made = budgeted(lab, server, { eachTenant: { hourUsd: 10 * callUsd, dayUsd: 10.5 * callUsd } })
        const calls = Array.from({ length: 64 }, (_, call) =>
          handled<unknown>(
            call % 2 === 0
              ? made.chat(money(`Hello ${call}`), acme)
              : readAll(made.stream(money(`Hello ${call}`), acme)),
          ),
        )
        const others = made.chat(money('Hello'), { tenant: 'other' })
        await server.received(11)
        await server.reached('go')
        server.release('go')
        const ends = await Promise.allSettled(calls)
        await others
        check.equal(
          ends.filter(({ status }) => status === 'fulfilled').length,
          10,
          'calls that were answered',
        )
        check.equal(server.journal.length, 11, 'requests at the provider')
        check.equal(made.metrics.summary().costNanoUsd, 11 * callNanoUsd, 'cost')
        await check.rejectsWithCode(made.chat(money('Hello'), acme), 'BUDGET_EXCEEDED')
      },
    },
    {
      name: 'calls that are aborted, left or failed give their share back at once',
      case: 'nasty',
      async run(lab) {
        const { check, faults } = lab
        const server = await faults((request) =>
          request.index < 2
            ? provider({ ...yes, beforeFirst: [{ stall: true }] })(request)
            : request.index < 4
              ? errorAnswer(400)
              : provider(yes)(request),
        )
        const made = budgeted(lab, server, { eachTenant: { dayUsd: callUsd } })
        const controller = new AbortController()
        const aborted = handled(made.chat(money('Hello'), { ...acme, signal: controller.signal }))
        await server.received(1)
        await check.rejectsWithCode(made.chat(money('Hello'), acme), 'BUDGET_EXCEEDED')
        controller.abort()
        await check.rejectsWithCode(aborted, 'CANCELLED')

        const left = new AbortController()
        const stream = handled(readAll(made.stream(money('Hello'), { ...acme, signal: left.signal })))
        await server.received(2)
        await check.rejectsWithCode(made.chat(money('Hello'), acme), 'BUDGET_EXCEEDED')
        left.abort()
        await check.rejectsWithCode(stream, 'CANCELLED')

        await check.rejectsWithCode(made.chat(money('Hello'), acme), 'INVALID_REQUEST')
        const embedding = { model: 'text-embedding-3-small', input: 'abcd' }
        await check.rejectsWithCode(made.embed(embedding, acme), 'INVALID_REQUEST')
        await made.chat(money('Hello'), acme)
        await check.rejectsWithCode(made.chat(money('Hello'), acme), 'BUDGET_EXCEEDED')
        check.equal(server.journal.length, 5, 'requests at the provider')
      },
    },
    {
      name: 'a stream that is left half-way spends what has come of it',
      case: 'nasty',
      async run(lab) {
        const { check, faults, records } = lab
        // Four hundred characters and a stall: about a hundred tokens, of a thousand that were held.
        const server = await faults(
          provider((request) =>
            request.index === 0
              ? { pieces: Array.from({ length: 40 }, () => 'and so on '), beforeFinish: [{ stall: true }] }
              : yes,
          ),
        )
        const made = budgeted(lab, server, { eachTenant: { dayUsd: 10 * callUsd } })
        let chunks = 0
        for await (const _ of made.stream(ask('Hello', { max_completion_tokens: 1000 }), acme)) {
          if (++chunks > 40) break
        }
        const spent = records[0]?.costNanoUsd ?? 0
        check.between(spent, 500_000, 3_000_000, 'the cost of what came')
        const leftTokens = Math.floor((10 * callNanoUsd - spent) / 10_000)
        const question = (tokens: number) => ask('Hello', { max_completion_tokens: tokens })
        await check.rejectsWithCode(made.chat(question(leftTokens + 1), acme), 'BUDGET_EXCEEDED')
        await made.chat(question(leftTokens), acme)
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
  ],
})
