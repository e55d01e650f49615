import { holdToRecordedOutcomes } from '@plumbline/conformance/vitest'

import { langchainStock } from './index.ts'

holdToRecordedOutcomes(langchainStock, new URL('../outcomes.json', import.meta.url))
