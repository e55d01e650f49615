import { sourceFiles, type BuildName } from './repository.ts'

/** The concerns that can be copied alone, and where each begins in a build; what those files reach comes along. */
const partFiles: Record<string, Record<BuildName, readonly string[]>> = {
  metrics: { scratch: ['metrics.ts'], langchain: ['metrics.ts'] },
  guardrails: { scratch: ['guardrails.ts'], langchain: ['guardrails.ts', 'guarded-runnable.ts'] },
  cache: { scratch: ['response-cache.ts', 'single-flight.ts'], langchain: ['langchain-cache.ts'] },
  embeddings: { scratch: ['embed.ts'], langchain: ['embed.ts'] },
}

/** Subpaths of core that no build reaches by itself, and a project may want beside either: stores, ledger, exporters, checks. */
const coreParts = [
  'redis',
  'sqlite',
  'redis-budget',
  'ledger',
  'prometheus',
  'otel',
  'export',
  'json-schema',
  'pattern',
]

export const partNames = [...Object.keys(partFiles), ...coreParts]

/** The files that a copy starts from, by path from the root of the repository: of these parts, or of the whole build. */
export function entryFiles(build: BuildName, parts: readonly string[] | undefined): string[] {
  if (parts === undefined) return sourceFiles(build)
  return parts.flatMap((part) =>
    coreParts.includes(part)
      ? [`packages/core/src/${part}/index.ts`]
      : (partFiles[part]?.[build] ?? []).map((file) => `packages/${build}/src/${file}`),
  )
}
