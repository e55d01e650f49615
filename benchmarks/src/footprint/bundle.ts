import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import type { Bundle, SourceFile } from '@plumbline/report'
import { build, type BuildResult, type Metafile } from 'esbuild'

import { repositoryRoot } from '../method/environment.ts'
import type { Subject } from './subjects.ts'

/** Everything that the subject exports, minified by esbuild for one platform; what loads on first use is in it. */
export async function bundleSubject({ specifiers }: Subject, target: Bundle['target']): Promise<Bundle> {
  try {
    const { outputFiles } = await bundle(specifiers, { target })
    const bytes = outputFiles?.[0]?.contents ?? new Uint8Array()
    return { target, minifiedKb: bytes.length / 1e3, gzipKb: gzipSync(bytes).length / 1e3 }
  } catch (error) {
    return { target, reason: reasonOf(error) }
  }
}

/** The lines of source files that an entry of ours reaches, in the packages of this repository, by package. */
export async function reachedFiles(specifier: string): Promise<Record<string, SourceFile[]>> {
  const { metafile } = await bundle([specifier], { target: 'node', fromSource: true })
  const files: Record<string, SourceFile[]> = {}
  for (const path of Object.keys(metafile.inputs)) {
    const [, name, file] = /^packages\/([^/]+)\/src\/(.+\.ts)$/.exec(path) ?? []
    if (name === undefined || file === undefined) continue
    const text = readFileSync(join(repositoryRoot, path), 'utf8')
    files[name] = [...(files[name] ?? []), { path: file, lines: text.trimEnd().split('\n').length }]
  }
  for (const list of Object.values(files)) list.sort((one, other) => other.lines - one.lines)
  return files
}

function bundle(
  specifiers: readonly string[],
  { target, fromSource = false }: { target: Bundle['target']; fromSource?: boolean },
): Promise<BuildResult & { metafile: Metafile }> {
  return build({
    stdin: {
      contents: specifiers
        .map((specifier, index) => `export * as part${index} from '${specifier}'`)
        .join('\n'),
      resolveDir: repositoryRoot,
    },
    absWorkingDir: repositoryRoot,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: target,
    conditions: fromSource ? ['@plumbline/source'] : [],
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
}

/** The modules that a browser does not have, or what esbuild says first. */
function reasonOf(error: unknown): string {
  const { errors = [] } = error as { errors?: { text: string }[] } // What esbuild throws.
  const texts = errors.map(({ text }) => text)
  const missing = texts.flatMap((text) => /^Could not resolve "([^"]+)"/.exec(text)?.[1] ?? [])
  if (missing.length === 0) return texts[0] ?? String(error)
  return `needs ${[...new Set(missing)].toSorted().join(', ')}`
}
