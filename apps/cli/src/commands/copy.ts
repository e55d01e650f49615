import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'

import { checkCopy } from '../copy/check.ts'
import { withEnding } from '../copy/imports.ts'
import { formatBytes, installSize } from '../copy/package-sizes.ts'
import { entryFiles, partNames } from '../copy/parts.ts'
import { planCopy } from '../copy/plan.ts'
import { buildNames, type BuildName } from '../copy/repository.ts'
import { importStyleFor } from '../copy/tsconfig.ts'
import { refusedFiles, writeFiles } from '../copy/write.ts'
import { fromCaller } from '../from-caller.ts'
import { textTable } from '../text-table.ts'
import { assertKnown, namesFrom, UsageError } from '../usage-error.ts'

/** Flags of `plumbline copy`, as commander parses them. */
export interface CopyFlags {
  parts?: string
  dryRun?: boolean
  check?: boolean
}

/** Copies a build into a project, or checks an earlier copy. Resolves with the exit code. */
export function copyCommand(first: string, dir: string | undefined, flags: CopyFlags): Promise<number> {
  return Promise.resolve(flags.check ? check(first) : copy(first, dir, flags))
}

function copy(build: string, dir: string | undefined, { parts, dryRun }: CopyFlags): number {
  assertKnown(build, buildNames, 'build')
  if (dir === undefined) throw new UsageError(`Say where to: plumbline copy ${build} DIR`)
  const chosen = parts === undefined ? undefined : namesFrom(parts, partNames, 'part')
  const target = join(fromCaller(dir), 'plumbline')
  const { ending, tsconfig } = importStyleFor(fromCaller(dir))
  // `build` was just found among the names.
  const entries = entryFiles(build as BuildName, chosen)
  const { files, packages } = planCopy(entries, ending)

  const refused = refusedFiles(files, target)
  if (refused.length > 0) {
    for (const { path, reason } of refused) process.stderr.write(`${path} ${reason}\n`)
    process.stderr.write(`\nNothing was written. Move these files away, or copy into another folder.\n`)
    return 1
  }
  if (!dryRun) writeFiles(files, target)

  const imports = ending === '' ? 'without an ending' : `that end in ${ending}`
  const why =
    tsconfig === undefined
      ? 'no tsconfig.json was found'
      : `as ${relative(fromCaller('.'), tsconfig)} wants them`
  process.stdout.write(
    `${dryRun ? 'Would write' : 'Wrote'} ${files.length} files into ${target}, with imports ${imports} (${why}).\n` +
      (dryRun ? `${files.map((file) => `  ${file.target}`).join('\n')}\n` : ''),
  )
  process.stdout.write(`\n${installText(packages)}\n`)
  const begins = files.filter(({ origin }) => entries.includes(origin)).map((file) => file.target)
  process.stdout.write(
    chosen === undefined
      ? `\n${exampleText(build, ending)}\n`
      : `\nBegin at:\n${begins.map((path) => `  ./plumbline/${withEnding(path, ending)}`).join('\n')}\n`,
  )
  return 0
}

function installText(packages: Record<string, string>): string {
  const types = `  npm install --save-dev @types/node`
  if (Object.keys(packages).length === 0) return `It needs no package, but the types of Node:\n${types}`
  const { own, totalPackages, totalBytes } = installSize(Object.keys(packages))
  const rows = Object.entries(packages).map(([name, version]) => {
    const bytes = own[name]
    return [`  ${name}@${version}`, bytes === undefined ? 'not measured' : formatBytes(bytes)]
  })
  const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  return [
    `Install them, and the types of Node:`,
    `  npm install --save-exact ${names.join(' ')}`,
    types,
    '',
    textTable([['  package', 'on disk'], ...rows], [1]),
    `  with all they depend on: ${totalPackages} packages, ${formatBytes(totalBytes)}`,
  ].join('\n')
}

function exampleText(build: string, ending: string): string {
  return `A first call:

import { createPipeline } from './plumbline/${build}/index${ending}'

const pipeline = createPipeline({
  provider: { baseUrl: 'https://api.openai.com/v1', apiKey: process.env.OPENAI_API_KEY ?? '' },
})
const { response, metrics } = await pipeline.chat(
  { model: 'gpt-4o-mini', temperature: 0, messages: [{ role: 'user', content: 'Hello' }] },
  { tenant: 'acme', endpoint: 'hello' },
)
console.log(response.choices[0]?.message.content, metrics.costNanoUsd / 1e9, 'USD')`
}

function check(dir: string): number {
  const folder = fromCaller(dir)
  if (!existsSync(folder)) throw new UsageError(`There is no folder ${folder}.`)
  const { ending } = importStyleFor(folder)
  let files
  try {
    files = checkCopy(folder, ending)
  } catch (error) {
    throw new UsageError(
      `${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  if (files.length === 0) throw new UsageError(`There is no copy of Plumbline in ${folder}.`)
  const changed = files.filter(({ state }) => state !== 'unchanged')
  for (const { path, state, version } of changed)
    process.stdout.write(`${path}  ${state} (copied from ${version})\n`)
  process.stdout.write(`${files.length - changed.length} of ${files.length} files unchanged.\n`)
  return changed.length > 0 ? 1 : 0
}
