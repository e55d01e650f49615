/** `npm run last-updated` writes the line `Last updated` of docs/production.md; a test finds it stale. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'

import { repositoryRoot } from '../method/environment.ts'

const page = 'docs/production.md'
const line = /<!-- last updated --> .*/

/** What the line says beside day and commit: it is stale when this is no longer so. */
export function inputsText(): string {
  const lockfile = readFileSync(`${repositoryRoot}package-lock.json`, 'utf8')
  // npm writes it so.
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, { version: string }> }
  const prices = packages['node_modules/@pydantic/genai-prices']?.version ?? 'unknown'
  return `prices of genai-prices ${prices}, inputs ${inputsHash()}`
}

/** The files that the page links to, from the root, without the place within them. */
export function linkedFiles(): string[] {
  const links = readFileSync(`${repositoryRoot}${page}`, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)
  const files = [...links].map(([, link = '']) => posix.join(posix.dirname(page), link))
  return [...new Set(files)].toSorted()
}

/**
 * SHA-256, twelve digits, of what the page rests on: its own text, the files that it links to, and the order of one call. Not of every word
 * of those, or nobody could mend a sentence; that each place it links to is there has a test of its own.
 */
function inputsHash(): string {
  const own = readFileSync(`${repositoryRoot}${page}`, 'utf8').replace(line, '')
  const hash = createHash('sha256').update(own).update(linkedFiles().join('\n'))
  const architecture = readFileSync(`${repositoryRoot}docs/architecture.md`, 'utf8')
  hash.update(/^## One call, in order$.*?(?=^## )/ms.exec(architecture)?.[0] ?? '')
  return hash.digest('hex').slice(0, 12)
}

function writeLine(): void {
  const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  }).trim()
  const day = new Date().toISOString().slice(0, 10)
  const text = readFileSync(`${repositoryRoot}${page}`, 'utf8')
  const next = `<!-- last updated --> Last updated ${day} on commit ${commit} (${inputsText()}).`
  writeFileSync(`${repositoryRoot}${page}`, text.replace(line, next))
}

if (import.meta.main) writeLine()
