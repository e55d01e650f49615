import { allCapabilities, defineEntrant, installedVersion } from '@plumbline/conformance'
import { createPipeline } from '@plumbline/langchain'

/** Our build on LangChain.js: it offers everything, so that no clause is left out. */
export const langchain = defineEntrant({
  name: 'langchain',
  version: installedVersion('@plumbline/langchain', import.meta.url),
  offers: allCapabilities,
  unsupported: {},
  create: createPipeline,
})
