import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, expect, test } from 'vitest'

import { readSettings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'plumbline-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(args: string[], environment: Record<string, string>): { status: number | null; stderr: string } {
  const program = fileURLToPath(new URL('main.ts', import.meta.url))
  return spawnSync(process.execPath, ['--conditions=@plumbline/source', program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, OPENAI_API_KEY: 'none', PLUMBLINE_METRICS_PORT: '0', ...environment },
  })
}

test.each(['PLUMBLINE_LEDGER_FILE', 'PLUMBLINE_CACHE_FILE'])(
  'a file of %s that cannot be opened ends the program with one line and 2',
  (variable) => {
    const { status, stderr } = run(['--dev', '--port', '0'], {
      [variable]: join(folder, 'no', 'such', 'folder.db'),
    })
    expect(stderr).toContain(`${variable}: ${folder}`)
    expect([status, stderr.includes('    at ')]).toEqual([2, false])
  },
)

const base = { OPENAI_API_KEY: 'none' }

test.each([
  ['OPENAI_BASE_URL', 'api.openai.com/v1', 'a URL such as'],
  ['OPENAI_BASE_URL', 'http://user:WORD@127.0.0.1/v1', 'no user and no password'],
  ['REDIS_URL', 'WORD:6379', 'a URL such as redis://'],
  ['REDIS_URL', '', 'is empty'],
  ['OPENAI_BASE_URL', '', 'is empty'],
  ['HOST', '', 'is empty'],
  ['PLUMBLINE_LEDGER_FILE', '', 'is empty'],
  ['PLUMBLINE_CACHE_FILE', ' ', 'is empty'],
  ['PLUMBLINE_ALLOW_BUILD_HEADER', 'yes', 'true or false, not yes'],
  ['PORT', '70000', 'from 0 to 65535, not 70000'],
  ['PLUMBLINE_METRICS_PORT', '70000', 'from 0 to 65535, not 70000'],
  ['PLUMBLINE_DASHBOARD_PORT', '70000', 'from 0 to 65535, not 70000'],
  ['PLUMBLINE_DEADLINE_MS', '0', 'from 1 to 2147483647, not 0'],
  ['PLUMBLINE_SLOW_CLIENT_MS', '3000000000', 'from 1 to 2147483647, not 3000000000'],
  ['PLUMBLINE_DRAIN_MS', '3000000000', 'from 1 to 2147483647, not 3000000000'],
  ['PLUMBLINE_MAX_IN_FLIGHT', '1.5', 'from 1 up, not 1.5'],
])('%s=%s is refused by name, and no secret with it', (variable, value, expected) => {
  const read = () => readSettings(['--dev'], { ...base, [variable]: value })
  expect(read).toThrow(expected)
  expect(read).toThrow(variable === 'PORT' ? '--port' : variable)
  expect(read).not.toThrow('WORD')
})

test('what is right is taken as it is', () => {
  const environment = {
    ...base,
    OPENAI_BASE_URL: 'http://[::1]:11434/v1/',
    REDIS_URL: 'rediss://:secret@valkey:6379/1',
    PLUMBLINE_ALLOW_BUILD_HEADER: 'false',
    PORT: '0',
  }
  expect(readSettings(['--dev'], environment)).toMatchObject({
    providerUrl: 'http://[::1]:11434/v1/',
    redisUrl: 'rediss://:secret@valkey:6379/1',
    builds: ['scratch'],
    port: 0,
  })
})

test('a host that is not this machine’s ends the program with one line and 2', () => {
  writeFileSync(join(folder, 'keys.json'), '{"keys":[]}')
  const { status, stderr } = run(['--port', '0', '--host', 'nowhere.invalid'], {
    PLUMBLINE_KEYS_FILE: join(folder, 'keys.json'),
  })
  expect(stderr).toContain('nowhere.invalid')
  expect([status, stderr.includes('    at ')]).toEqual([2, false])
})
