import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { repositoryRoot } from '../method/environment.ts'
import { builds, changes, type Build, type Change } from './changes.ts'
import { runTests } from './check-copies.ts'
import { measureChangeCost } from './index.ts'
import { patchFile, readPatch, type Patch } from './patch.ts'
import { makePatchedCopy } from './patched-copy.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-change-cost-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('every patch applies to its build as it is, and passes the checks and its own tests', async () => {
  const { rows } = await measureChangeCost()
  expect(rows.map(({ change, build }) => `${change} ${build}`)).toEqual(
    changes.flatMap(({ id }) => builds.map((build) => `${id} ${build}`)),
  )
  const isMade = new Set(changes.filter((change) => change.isMade).map(({ id }) => id))
  for (const { change, linesAdded, files, testLines } of rows) {
    expect(Math.min(linesAdded, files)).toBeGreaterThan(0)
    // The builds' own tests hold what is already made.
    expect(testLines > 0, `${change} brings tests`).toBe(!isMade.has(change))
  }
}, 600_000)

test.each(changes.filter(({ isMade }) => !isMade))(
  '$id is asked of both builds by the same tests',
  (change) => {
    const [one, other] = builds.map((build) => testsOf(change, build))
    expect(one).toMatch(/^\+test\(/)
    expect(one).toBe(other)
  },
)

test('a patch that no longer applies is named, with what git says', () => {
  const change = { id: 'a-test-of-it', what: 'Nothing.' }
  const path = 'packages/scratch/src/index.ts'
  const patch: Patch = {
    change,
    build: 'scratch',
    path: join(relative(repositoryRoot, folder), 'gone.patch'),
    files: [{ path, isTest: false, linesAdded: 1, linesRemoved: 1 }],
  }
  const hunk = '@@ -1 +1 @@\n-a line that was there once\n+another\n'
  writeFileSync(join(folder, 'gone.patch'), `--- a/${path}\n+++ b/${path}\n${hunk}`)
  expect(() => makePatchedCopy(join(folder, 'copy'), patch)).toThrow(/gone\.patch does not apply: error: /)
})

test('a test that fails is an error, and so is one that did not run', async () => {
  const failing = join(folder, 'failing.test.ts')
  writeFileSync(failing, "import { expect, test } from 'vitest'\ntest('fails', () => expect(1).toBe(2))\n")
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'))
  await expect(runTests(folder, [failing])).rejects.toThrow(/failing\.test\.ts > fails/)
  await expect(runTests(folder, [join(folder, 'missing.test.ts')])).rejects.toThrow(/No test files/)
})

/** What the patch's test file asks, without what sets it up, which each build does in its own way. */
function testsOf(change: Change, build: Build): string {
  const files = readFileSync(patchFile(readPatch(change, build)), 'utf8').split(/^diff --git /m)
  const lines = files.find((file) => /^\+\+\+ .*\.test\.ts$/m.test(file))?.split('\n') ?? []
  return lines.slice(lines.findIndex((line) => line.startsWith('+test('))).join('\n')
}
