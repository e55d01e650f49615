import { expect, test } from 'vitest'

import { defineClause, type Clause, type Scenario } from './clause.ts'
import { defineEntrant } from './entrant.ts'
import { compareOutcomes, formatOutcomes, parseOutcomes } from './outcomes.ts'
import { clauses } from './registry.ts'
import { runClause, type Outcome } from './run.ts'
import { provider } from './servers/provider.ts'

const entrant = defineEntrant({
  name: 'none',
  version: '0',
  offers: ['chat'],
  unsupported: {},
  create: () => ({}),
})
const passes: Scenario['run'] = ({ check }) => Promise.resolve(check.ok(true))

function clauseOf(nasty: Scenario['run'], needs: readonly 'chat'[] | readonly 'embed'[] = ['chat']) {
  const scenario = (kind: Scenario['case'], run: Scenario['run']): Scenario => ({
    name: kind,
    case: kind,
    run,
  })
  return defineClause({
    id: 'TST-01',
    sentence: 'A test.',
    origin: 'classic practice',
    kind: 'entrant',
    needs,
    scenarios: [scenario('ordinary', passes), scenario('boundary', passes), scenario('nasty', nasty)],
  })
}

test('a scenario that asserts nothing is a failure', async () => {
  const outcome = await runClause(
    clauseOf(() => Promise.resolve()),
    entrant,
  )
  expect(outcome).toMatchObject({
    outcome: 'fail',
    failedScenarios: ['nasty'],
    reason: 'The scenario asserted nothing.',
  })
})

test('an unhandled rejection and a word on the console fail the scenario that left them', async () => {
  const rejects = await runClause(
    clauseOf(({ check }) => {
      void Promise.reject(new Error('left behind'))
      return Promise.resolve(check.ok(true))
    }),
    entrant,
  )
  expect(rejects.outcome).toBe('fail')
  const prints = await runClause(
    clauseOf(({ check }) => {
      console.log('a word')
      return Promise.resolve(check.ok(true))
    }),
    entrant,
  )
  expect(prints.outcome).toBe('fail')
})

test('what an entrant does not offer is unsupported, never a pass', async () => {
  expect((await runClause(clauseOf(passes, ['embed']), entrant)).outcome).toBe('unsupported')
})

/** As `clauseOf`, with one more scenario, which needs what the entrant lacks. */
function clauseWithPrices(priced: Scenario): Clause {
  const clause = clauseOf(passes)
  return defineClause({ ...clause, scenarios: [...clause.scenarios, { needs: ['cost'], ...priced }] })
}

const priced: Scenario = {
  name: 'what it costs',
  case: 'nasty',
  run: ({ check }) => Promise.resolve(check.ok(false)),
}

test('an entrant is not asked a scenario that needs more than it offers, and the outcome says so', async () => {
  const clause = clauseWithPrices(priced)
  expect(await runClause(clause, entrant)).toEqual({
    id: 'TST-01',
    outcome: 'pass',
    notAsked: ['what it costs'],
  })
  const offers = ['chat', 'cost'] as const
  expect(await runClause(clause, { ...entrant, offers })).toMatchObject({
    outcome: 'fail',
    failedScenarios: ['what it costs'],
  })
})

test('a clause of which one case cannot be asked is unsupported, with the reason of the entrant', async () => {
  const { scenarios, ...clause } = clauseOf(passes)
  const withoutNasty = {
    ...clause,
    scenarios: scenarios.map((one): Scenario => (one.case === 'nasty' ? { ...one, needs: ['cost'] } : one)),
  }
  const knowsNoPrices = { ...entrant, unsupported: { cost: 'It knows no prices.' } }
  expect(await runClause(withoutNasty, knowsNoPrices)).toEqual({
    id: 'TST-01',
    outcome: 'unsupported',
    reason: 'It knows no prices.',
  })
})

test('a recording keeps the scenarios that were not asked, and a change of them is a change', async () => {
  const outcome = await runClause(clauseWithPrices(priced), entrant)
  const recorded = parseOutcomes(formatOutcomes(entrant, [outcome], { day: '2026-11-24' }))
  expect(compareOutcomes(recorded, entrant, outcome)).toBeUndefined()
  const { notAsked: _, ...asked } = outcome
  expect(compareOutcomes(recorded, entrant, asked)).toContain('is asked now: what it costs')
  const before = { ...recorded, outcomes: [asked] }
  expect(compareOutcomes(before, entrant, outcome)).toContain('is not asked any more: what it costs')
})

test('a scenario that varies may fail and hold, whichever is recorded; another one may not', () => {
  const failed = (...failedScenarios: string[]) => ({
    id: 'TST-01',
    outcome: 'fail' as const,
    failedScenarios,
  })
  const recorded = (...outcomes: Outcome[]) => ({
    entrant: 'none',
    version: '0',
    recorded: '2026-11-30',
    outcomes,
  })
  const holds = recorded({ ...failed('always'), varies: ['at times'] })
  const fails = recorded({ ...failed('always', 'at times'), varies: ['at times'] })
  for (const before of [holds, fails]) {
    expect(compareOutcomes(before, entrant, failed('always'))).toBeUndefined()
    expect(compareOutcomes(before, entrant, failed('always', 'at times'))).toBeUndefined()
    expect(compareOutcomes(before, entrant, failed('always', 'new'))).toContain('now fails: new')
    expect(compareOutcomes(before, entrant, failed('at times'))).toContain('now holds: always')
  }
})

test('the server answers over HTTP and keeps a journal without the key', async () => {
  const outcome = await runClause(
    clauseOf(async ({ check, faults }) => {
      const server = await faults(provider({ text: 'Hello' }))
      const response = await fetch(`${server.baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { authorization: 'Bearer secret' },
        body: JSON.stringify({ model: 'm', messages: [] }),
      })
      const body = (await response.json()) as { choices: { message: { content: string } }[] }
      check.equal(body.choices[0]?.message.content, 'Hello')
      check.lacks(JSON.stringify(server.journal), 'secret')
    }),
    entrant,
  )
  expect(outcome).toEqual({ id: 'TST-01', outcome: 'pass' })
})

test('every clause has an id of its own', () => {
  expect(new Set(clauses.map(({ id }) => id)).size).toBe(clauses.length)
})
