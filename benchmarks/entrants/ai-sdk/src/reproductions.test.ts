import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

import { describe, expect, test } from 'vitest'

const run = promisify(execFile)
const folder = new URL('../reproductions/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))

// Each is a process of its own, and most of its time is the import of the library.
const timeoutMs = 120_000

describe.concurrent('a published failure is there, in a program of its own', () => {
  test.each(files)('%s', { timeout: timeoutMs }, async (name) => {
    const file = new URL(name, folder)
    const source = readFileSync(file, 'utf8')
    expect(source.trimEnd().split('\n').length, 'lines').toBeLessThan(30)
    expect(source, 'the page whose advice was followed').toMatch(/^\/\/ Advice followed: .*https:/ms)
    for (const [, from] of source.matchAll(/^(?:import|\} from) .*?'([^']+)'/gm)) {
      expect(from, 'what it imports').toMatch(/^(?:node:|ai$|@ai-sdk\/openai$)/)
    }
    // Rejects with what the program printed unless it exits with 0, which says that the failure is still there.
    const { stdout } = await run(process.execPath, [file.pathname])
    expect(stdout).toMatch(/^expected: .+ {2}observed: .+\n$/)
  })
})
