import { expect, test } from 'vitest'

import { defineClause, type Scenario } from './clause.ts'
import { defineEntrant } from './entrant.ts'
import { clauses } from './registry.ts'
import { runClause } from './run.ts'
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
