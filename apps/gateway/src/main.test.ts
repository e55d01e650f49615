import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freePort } from './__fixtures__/free-port.ts'

test('it serves when nobody reads what it prints', async () => {
  const port = await freePort()
  const program = fileURLToPath(new URL('main.ts', import.meta.url))
  const gateway = spawn(
    process.execPath,
    ['--conditions=@plumbline/source', program, '--dev', '--port', String(port)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
        OPENAI_API_KEY: 'key',
        PLUMBLINE_METRICS_PORT: '0',
      },
    },
  )
  try {
    gateway.stdout.destroy()
    await expect.poll(() => isAlive(port), { timeout: 60_000 }).toBe(true)
    // It prints once it listens; a write that nobody takes is known a moment later.
    await sleep(500)
    expect([gateway.exitCode, await isAlive(port)]).toEqual([null, true])
  } finally {
    const ended = once(gateway, 'exit')
    gateway.kill()
    if (gateway.exitCode === null) await ended
  }
  expect(gateway.exitCode).toBe(0)
}, 40_000)

async function isAlive(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/livez`)).ok
  } catch {
    return false
  }
}
