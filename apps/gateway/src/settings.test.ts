import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'plumbline-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['PLUMBLINE_LEDGER_FILE', 'PLUMBLINE_CACHE_FILE'])(
  'a file of %s that cannot be opened ends the program with one line and 2',
  (variable) => {
    const program = fileURLToPath(new URL('main.ts', import.meta.url))
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@plumbline/source', program, '--dev', '--port', '0'],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          OPENAI_API_KEY: 'none',
          PLUMBLINE_METRICS_PORT: '0',
          [variable]: join(folder, 'no', 'such', 'folder.db'),
        },
      },
    )
    expect(stderr).toContain(`${variable}: ${folder}`)
    expect([status, stderr.includes('    at ')]).toEqual([2, false])
  },
)
