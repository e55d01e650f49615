import { holdToContract } from '@plumbline/conformance/vitest'

import { scratch } from './index.ts'

holdToContract(scratch)
