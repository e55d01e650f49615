import { holdToRecordedOutcomes } from '@plumbline/conformance/vitest'

import { openaiSdk } from './index.ts'

holdToRecordedOutcomes(openaiSdk, new URL('../outcomes.json', import.meta.url))
