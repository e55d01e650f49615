/**
 * `npm run older-sdk`: takes back, in a copy of this repository, the patches of the changes that the builds stand after
 * (`sdk-major`), installs what was there before, and holds both builds to the whole suite on it. Needs the network of an install and
 * some minutes. Exits with 1 when a build fails a clause.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { builds, changes } from '../src/change-cost/changes.ts'
import { patchFile, readPatch } from '../src/change-cost/patch.ts'
import { repositoryRoot } from '../src/method/environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'plumbline-older-sdk-'))
try {
  // What is committed, as a reader has it.
  execFileSync('git', ['clone', '--quiet', repositoryRoot, folder])
  const patches = changes
    .filter(({ isMade }) => isMade)
    .flatMap((change) => builds.map((build) => readPatch(change, build)))
  for (const patch of patches) {
    execFileSync('git', ['apply', '--reverse', patchFile(patch)], { cwd: folder })
    process.stdout.write(`taken back: ${patch.path}\n`)
  }
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  const args = ['run', '-s', 'plumbline', '--', 'conformance', '--entrants', builds.join()]
  process.exitCode = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' }).status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
