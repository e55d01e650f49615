import { holdToContract } from '@plumbline/conformance/vitest'

import { scratch } from './index.ts'

// Read before anything is measured: turbo keeps it with the result of this test.
holdToContract(scratch, { outcomesFile: new URL('../.outcomes.json', import.meta.url) })
