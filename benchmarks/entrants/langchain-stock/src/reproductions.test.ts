import { holdReproductions } from '@plumbline/conformance/vitest'

holdReproductions(new URL('../reproductions/', import.meta.url), /^(openai|langchain|@langchain\/.+)$/)
