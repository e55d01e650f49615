import { holdToRecordedOutcomes } from '@plumbline/conformance/vitest'

import { scratchFirstDay } from './index.ts'

holdToRecordedOutcomes(scratchFirstDay, new URL('../outcomes.json', import.meta.url))
