import { holdToRecordedOutcomes } from '@plumbline/conformance/vitest'

import { aiSdk } from './index.ts'

holdToRecordedOutcomes(aiSdk, new URL('../outcomes.json', import.meta.url))
