import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

import { createKeySearch, parseKeys } from './keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'plumbline-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

function keys(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = fileURLToPath(new URL('keys-program.ts', import.meta.url))
  return spawnSync(process.execPath, ['--conditions=@plumbline/source', program, ...args], {
    encoding: 'utf8',
  })
}

test('a key is printed once, its file holds the hash alone, and the next one is added to it', () => {
  const file = join(folder, 'keys.json')
  const first = keys(
    'create',
    '--tenant',
    'acme',
    '--file',
    file,
    '--models',
    'gpt-4o,gpt-4o-mini',
    '--day-usd',
    '5',
  )
  const second = keys('create', '--tenant', 'other', '--file', file, '--per-minute', '60')
  expect([first.status, second.status]).toEqual([0, 0])
  const [acme, other] = [first.stdout.trim(), second.stdout.trim()]
  const text = readFileSync(file, 'utf8')
  for (const key of [acme, other]) {
    expect(key).toMatch(/^plk-[\w-]{43}$/)
    expect(text).not.toContain(key)
  }
  const find = createKeySearch(parseKeys(text, file))
  expect(find(acme)).toMatchObject({
    tenant: 'acme',
    models: ['gpt-4o', 'gpt-4o-mini'],
    budget: { dayUsd: 5 },
  })
  expect(find(other)).toMatchObject({ tenant: 'other', requestsPerMinute: 60 })
  expect(find('plk-guess')).toBeUndefined()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  chmodSync(file, 0o640)
  keys('create', '--tenant', 'third', '--file', file)
  expect(statSync(file).mode & 0o777).toBe(0o640)
})

test.each([
  [['create', '--file', 'x'], '--tenant is missing'],
  [['create', '--tenant', 'acme'], '--file is missing'],
  [['make'], 'plumbline keys create'],
  [
    ['create', '--tenant', 'a', '--file', join(folder, 'none.json'), '--day-usd', 'five'],
    'dayUsd must be a number',
  ],
  [['create', '--tenant', 'a', '--file', join(folder, 'none.json'), '--day-usd', ''], '--day-usd is empty'],
  [['create', '--tenant', 'a', '--file', join(folder, 'none.json'), '--models', ''], '--models is empty'],
])('%j says what is wrong, and writes nothing', (args, words) => {
  const { status, stderr } = keys(...args)
  expect([status, stderr.includes(words), stderr.includes('    at ')]).toEqual([2, true, false])
  expect(existsSync(join(folder, 'none.json'))).toBe(false)
})
