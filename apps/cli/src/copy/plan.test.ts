import { expect, test } from 'vitest'

import { findReferences } from './imports.ts'
import { entryFiles, partNames } from './parts.ts'
import { copiedText, planCopy } from './plan.ts'
import { buildNames, sourceFiles } from './repository.ts'

test('what comes from a subpath of core is imported from the file that defines it, and that file comes along', () => {
  const plan = planCopy(['packages/scratch/src/pipeline.ts'], '.js')
  expect(copiedText('packages/scratch/src/pipeline.ts', '.js')).toContain(
    "\nimport { createHttpFetch } from '../core/transport/create-http-fetch.js'\n",
  )
  const targets = plan.files.map(({ target }) => target)
  expect(targets).toEqual(
    expect.arrayContaining(['core/transport/create-http-fetch.ts', 'core/transport/connections.ts']),
  )
  // An index stands for files that are imported one by one.
  expect(targets.filter((target) => /^core\/(\w+\/)?index\.ts$/.test(target))).toEqual([])
})

test.each(buildNames)('the copy of %s imports nothing of ours by a package name', (build) => {
  const { files, packages } = planCopy(sourceFiles(build), '.ts')
  const targets = new Set(files.map(({ target }) => target))
  expect(targets).toContain('core/transport/create-http-fetch.ts')
  const ours = files.flatMap(({ text }) =>
    findReferences(text).filter(({ specifier }) => specifier.startsWith('@plumbline/')),
  )
  expect([ours, Object.keys(packages).filter((name) => name.startsWith('@plumbline/'))]).toEqual([[], []])
})

test('a part that opens no connection copies no transport', () => {
  const targets = planCopy(['packages/scratch/src/metrics.ts'], '.ts').files.map(({ target }) => target)
  expect(targets.filter((target) => target.startsWith('core/transport/'))).toEqual([])
})

test('a store that no build reaches is copied as a part, with the optional peer that it needs at its exact version', () => {
  const { files, packages } = planCopy(entryFiles('scratch', ['redis']), '.js')
  const targets = files.map(({ target }) => target)
  expect(targets).toEqual(expect.arrayContaining(['core/redis/index.ts', 'core/redis/redis-store.ts']))
  expect(packages['ioredis']).toMatch(/^\d+\.\d+\.\d+$/)
  expect(targets.filter((target) => target.startsWith('scratch/'))).toEqual([])
})

test.each(partNames)('the part %s can be planned for both builds', (part) => {
  for (const build of buildNames) {
    const { files } = planCopy(entryFiles(build, [part]), '.ts')
    expect(files.map(({ text }) => text).join()).not.toContain("from '@plumbline/")
    expect(files.length).toBeGreaterThan(0)
  }
})
