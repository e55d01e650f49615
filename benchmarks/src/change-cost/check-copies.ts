import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { repositoryRoot } from '../method/environment.ts'
import { saidBy } from './patched-copy.ts'

const run = promisify(execFile)
const inRepository = (path: string): string => join(repositoryRoot, path)

/**
 * Holds the files that patches touched, in the copies below `folder`, to what this repository holds its own to: its formatter (a line
 * is the same thing in every patch), its types and its linter. Throws `Error` with what they say.
 */
export async function checkSources(folder: string, files: readonly string[]): Promise<void> {
  const project = join(folder, 'tsconfig.json')
  const compilerOptions = {
    noEmit: true,
    customConditions: ['@plumbline/source'],
    typeRoots: [inRepository('node_modules/@types')],
  }
  writeFileSync(
    project,
    JSON.stringify({ extends: inRepository('tsconfig.base.json'), compilerOptions, files }),
  )
  await runTool('oxfmt', ['--config', inRepository('.oxfmtrc.json'), '--check', ...files], folder)
  await runTool('oxlint', ['--config', inRepository('.oxlintrc.json'), '--deny-warnings', ...files], folder)
  await runTool('tsc', ['--project', project], folder)
}

/** Runs these test files of the copies below `folder`. Throws `Error` with what failed, and where one of them did not run. */
export async function runTests(folder: string, files: readonly string[]): Promise<void> {
  const results = join(folder, 'results.json')
  const config = ['--config', inRepository('vitest.config.ts'), '--root', folder]
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
  // In one process: the libraries are loaded once, and the copies share nothing else.
  await runTool(
    'vitest',
    ['run', '--no-isolate', '--maxWorkers=1', ...config, ...reporters, ...files],
    folder,
  )
  const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as VitestResults
  const passed = testResults.filter(({ status }) => status === 'passed').length
  if (passed !== files.length)
    throw new Error(`${passed} of ${files.length} test files of the patches passed.`)
}

/** What is read here of what vitest writes. */
interface VitestResults {
  testResults: { status: string }[]
}

async function runTool(name: string, args: string[], cwd: string): Promise<void> {
  try {
    await run(inRepository(`node_modules/.bin/${name}`), args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1' },
    })
  } catch (error) {
    throw new Error(`${name} fails on the patched copies:\n${saidBy(error)}`, { cause: error })
  }
}
