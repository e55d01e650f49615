import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { repositoryRoot } from '../method/environment.ts'
import { patchFile, type Patch } from './patch.ts'

/**
 * Makes in `folder` the project of a team that has copied the build: the packages that the patch touches as copies, everything else,
 * which nobody changes, as links to this repository. Throws `Error` with what git says where the patch does not apply.
 */
export function makePatchedCopy(folder: string, patch: Patch): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@plumbline'), { recursive: true })
  const installed = join(repositoryRoot, 'node_modules')
  for (const entry of readdirSync(installed)) {
    if (entry !== '@plumbline') symlinkSync(join(installed, entry), join(modules, entry))
  }
  for (const name of ['core', 'conformance', patch.build]) {
    const original = join(repositoryRoot, 'packages', name)
    const isTouched = patch.files.some(({ path }) => path.startsWith(`packages/${name}/`))
    symlinkSync(
      isTouched ? copyPackage(original, join(folder, 'packages', name)) : original,
      join(modules, '@plumbline', name),
    )
  }
  if (patch.change.isMade) applyPatch(folder, patch, ['--reverse'])
  applyPatch(folder, patch)
}

/** Returns where the copy is. */
function copyPackage(original: string, copy: string): string {
  for (const part of ['package.json', 'src']) {
    cpSync(join(original, part), join(copy, part), { recursive: true })
  }
  // What npm has put beside it, since another package needs another version.
  const beside = join(original, 'node_modules')
  if (existsSync(beside)) symlinkSync(beside, join(copy, 'node_modules'))
  return copy
}

function applyPatch(folder: string, patch: Patch, options: string[] = []): void {
  // Inside a repository git would leave out, without a word, what is not below it.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder) }
  try {
    const args = ['apply', ...options, patchFile(patch)]
    execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    throw new Error(`${patch.path} does not apply: ${saidBy(error)}`, { cause: error })
  }
}

/** What a program that failed has said. */
export function saidBy(error: unknown): string {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string } // What child_process throws.
  return `${stdout}${stderr}`.trim() || String(error)
}
