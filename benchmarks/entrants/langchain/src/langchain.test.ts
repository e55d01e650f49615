import { holdToContract } from '@plumbline/conformance/vitest'

import { langchain } from './index.ts'

holdToContract(langchain)
