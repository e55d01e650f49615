import { allCapabilities, defineEntrant, installedVersion } from '@plumbline/conformance'
import { createPipeline } from '@plumbline/scratch'

/** Our build on the openai SDK: it offers everything, so that no clause is left out. */
export const scratch = defineEntrant({
  name: 'scratch',
  version: installedVersion('@plumbline/scratch', import.meta.url),
  offers: allCapabilities,
  unsupported: {},
  create: createPipeline,
})
