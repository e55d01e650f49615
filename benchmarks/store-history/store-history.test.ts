import { redisMissing } from '@plumbline/conformance'
import { expect, test } from 'vitest'

import { runHistory } from './run-history.ts'

test.skipIf(redisMissing() !== undefined && process.env['CI'] === undefined)(
  'every hit of 16 clients on a Redis that is frozen and killed is a whole value of its key within its time',
  async () => {
    const history = await runHistory({ seconds: 5, clients: 16, random: Math.random })
    expect(history.violations).toEqual([])
    expect(history.hits).toBeGreaterThan(100)
    expect(history.freezes + history.kills).toBeGreaterThan(0)
  },
)
