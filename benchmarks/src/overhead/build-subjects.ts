import { createPipeline as createLangchain } from '@plumbline/langchain'
import { createPipeline as createScratch } from '@plumbline/scratch'

import { boundedSdkName } from './bare-subjects.ts'
import { handledName } from './langchain-subjects.ts'
import { requestOf } from './requests.ts'
import { eachStage, everyStage, noStage, type StageOptions } from './stages.ts'
import type { Subject, Target } from './subject.ts'

/** Each build, and what its calls are set against: its own library, given what every call of a build has. */
const builds = [
  { build: 'scratch', create: createScratch, baseline: boundedSdkName },
  { build: 'langchain', create: createLangchain, baseline: handledName },
] as const

interface RowOptions {
  name: string
  baseline: string
  options: StageOptions
  /** The same request each time, so that all but the first are hits. */
  repeats?: boolean
}

function subjectOf(
  { create }: (typeof builds)[number],
  { baseUrl, fetch }: Target,
  { name, baseline, options, repeats = false }: RowOptions,
): Subject {
  const pipeline = create({ provider: { baseUrl, apiKey: 'overhead', ...(fetch && { fetch }) }, ...options })
  return {
    name,
    baseline,
    call: async (number) => pipeline.chat(requestOf(repeats ? 0 : number)),
    close: () => pipeline.close(),
  }
}

/** Both builds with every stage on. `ownFetch`: over `globalThis.fetch` too, without the transport of ours. */
export function everyStageSubjects(
  target: Target,
  {
    baselines,
    ownFetch = false,
  }: {
    /** Of both builds. Default: the SDK with a signal and a timer, ChatOpenAI with an awaited handler. */
    baselines?: readonly [scratch: string, langchain: string]
    ownFetch?: boolean
  } = {},
): Subject[] {
  return builds.flatMap((build, index) => {
    const row = { baseline: baselines?.[index] ?? build.baseline, options: everyStage }
    const name = `${build.build}, every stage`
    return [
      subjectOf(build, target, { name, ...row }),
      ...(ownFetch
        ? [
            subjectOf(
              build,
              { ...target, fetch: globalThis.fetch },
              { name: `${name}, SDK's own fetch`, ...row },
            ),
          ]
        : []),
    ]
  })
}

/** Both builds without a stage, with each stage alone, and a hit. `folder`: see `eachStage`. */
export function stageSubjects(target: Target, folder: (build: string) => string): Subject[] {
  return builds.flatMap((build) => {
    const bare = `${build.build}, no stage`
    return [
      subjectOf(build, target, { name: bare, baseline: build.baseline, options: noStage }),
      ...eachStage(folder(build.build)).map(({ name, options }) =>
        subjectOf(build, target, { name: `${build.build} + ${name}`, baseline: bare, options }),
      ),
      subjectOf(build, target, {
        name: `${build.build}, every stage, a cache hit`,
        baseline: build.baseline,
        options: everyStage,
        repeats: true,
      }),
    ]
  })
}
