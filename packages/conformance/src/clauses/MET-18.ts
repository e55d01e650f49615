import type { LabelName, LLMCallMetrics } from '@plumbline/core'

import type { Checks } from '../checks.ts'
import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

/** Values of a label with figures of their own, by default; the rest are `other`. */
const maxValues = 100

async function oneCall({ faults, pipeline, records }: Lab) {
  const made = pipeline({ server: await faults(provider({ text: 'Yes.' })) })
  await made.chat(ask('Hello'))
  const [record] = records
  if (!record) throw new Error('The call left no record.')
  return { made, record }
}

/** Groups of a label: how many, and that no call was lost by grouping. */
function checkGroups(
  check: Checks,
  { groups = {}, totalCalls }: { groups?: Record<string, { totalCalls: number }>; totalCalls: number },
  label: LabelName,
): void {
  const grouped = Object.values(groups).reduce((sum, group) => sum + group.totalCalls, 0)
  check.between(Object.keys(groups).length, 1, maxValues + 1, `values of ${label}`)
  check.equal(grouped, totalCalls, `calls by ${label}`)
}

export const MET18 = defineClause({
  id: 'MET-18',
  sentence:
    'Label values are capped (default 100 per label, then `other`), so 10,000 random model names give bounded series.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'metrics'],
  scenarios: [
    {
      name: 'calls to 150 models are a hundred series and the rest under `other`',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.' })) })
        for (let index = 0; index < 150; index++) await made.chat(ask('Hello', { model: `model-${index}` }))
        const summary = made.metrics.summary({ by: 'model' })
        checkGroups(check, summary, 'model')
        check.equal(summary.groups?.['model-99']?.totalCalls, 1, 'calls of the hundredth model')
        check.equal(summary.groups?.['other']?.totalCalls, 50, 'calls under other')
        check.equal(summary.totalCalls, 150, 'calls')
      },
    },
    {
      name: 'a hundred values fit, the next one joins `other`, and one that was there first keeps counting',
      case: 'boundary',
      async run(lab) {
        const { made, record } = await oneCall(lab)
        const count = (model: string): void => made.metrics.record({ ...record, model })
        // The first model is that of the call.
        for (let index = 1; index < maxValues; index++) count(`model-${index}`)
        lab.check.equal(made.metrics.summary({ by: 'model' }).groups?.['other'], undefined, 'no other yet')
        count('one too many')
        count('model-1')
        count('other')
        const { groups = {} } = made.metrics.summary({ by: 'model' })
        lab.check.deepEqual(
          [groups['one too many']?.totalCalls, groups['other']?.totalCalls, groups['model-1']?.totalCalls],
          [undefined, 2, 2],
          'the 101st, other, and the second model',
        )
      },
    },
    {
      name: '10,000 random names in every label, of any length and shape, give bounded series and lose no call',
      case: 'nasty',
      async run(lab) {
        const { made, record } = await oneCall(lab)
        const names = ['__proto__', 'constructor', '', ' ', 'other', '(none)', 'x'.repeat(100_000)]
        let state = 20_261_124
        for (let index = 0; index < 10_000; index++) {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
          const name = names[index] ?? `name-${state.toString(36)}`
          const labels: Partial<LLMCallMetrics> = {
            model: name,
            tenant: name,
            endpoint: name,
            promptVersion: name,
          }
          made.metrics.record({ ...record, ...labels })
        }
        for (const label of ['model', 'tenant', 'endpoint', 'promptVersion'] as const) {
          const summary = made.metrics.summary({ by: label })
          lab.check.equal(summary.totalCalls, 10_001, 'calls')
          checkGroups(lab.check, summary, label)
          const longest = Math.max(...Object.keys(summary.groups ?? {}).map(({ length }) => length))
          lab.check.between(longest, 0, 1000, `the longest value of ${label}`)
        }
      },
    },
  ],
})
