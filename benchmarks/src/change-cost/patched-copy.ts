import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { repositoryRoot } from '../method/environment.ts'
import type { Build } from './changes.ts'
import { patchFile, type Patch } from './patch.ts'

/**
 * Puts the packages of one build into `folder`, as a project that has copied it: sources and manifests of its own, and everything else
 * from this repository's `node_modules`.
 */
export function copyBuild(folder: string, build: Build): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@plumbline'), { recursive: true })
  const installed = join(repositoryRoot, 'node_modules')
  for (const entry of readdirSync(installed)) {
    if (entry !== '@plumbline') symlinkSync(join(installed, entry), join(modules, entry))
  }
  for (const name of ['core', 'conformance', build]) {
    const own = join(folder, 'packages', name)
    for (const part of ['package.json', 'src']) {
      cpSync(join(repositoryRoot, 'packages', name, part), join(own, part), { recursive: true })
    }
    // What npm has put beside a package, since another one needs another version.
    const beside = join(repositoryRoot, 'packages', name, 'node_modules')
    if (existsSync(beside)) symlinkSync(beside, join(own, 'node_modules'))
    symlinkSync(own, join(modules, '@plumbline', name))
  }
}

/** Applies the patch in `folder`. Throws `Error` with what git says where it does not apply. */
export function applyPatch(folder: string, patch: Patch): void {
  // Inside a repository git would leave out, without a word, what is not below it.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder) }
  try {
    execFileSync('git', ['apply', patchFile(patch)], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    throw new Error(`${patch.path} does not apply: ${saidBy(error)}`, { cause: error })
  }
}

/** What a program that failed has said. */
export function saidBy(error: unknown): string {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string } // What child_process throws.
  return `${stdout}${stderr}`.trim() || String(error)
}
