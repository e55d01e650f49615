import type { Pipeline, PipelineOptions } from '@plumbline/core'

import type { BuildName } from './gateway-options.ts'

/** A pipeline of this build. Only the build that is asked for is loaded: LangChain takes a second. */
export async function createBuild(build: BuildName, options: PipelineOptions): Promise<Pipeline> {
  const { createPipeline } =
    build === 'scratch' ? await import('@plumbline/scratch') : await import('@plumbline/langchain')
  return createPipeline(options)
}
