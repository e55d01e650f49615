import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chatAnswer, startFaultServer } from '@plumbline/conformance'
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

test.each([
  ['signals at once, as Ctrl-C sends them through a launcher, are one: a call under way ends', 20, 200, 0],
  ['a second signal does not wait', 600, undefined, 1],
] as const)(
  '%s',
  async (_, betweenMs, status, exitCode) => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const upstream = await startFaultServer(async (exchange) => {
      await released
      return chatAnswer(exchange, { text: 'An answer.' })
    })
    const port = await freePort()
    const program = fileURLToPath(new URL('main.ts', import.meta.url))
    const gateway = spawn(
      process.execPath,
      ['--conditions=@plumbline/source', program, '--dev', '--port', String(port)],
      {
        stdio: 'ignore',
        env: {
          ...process.env,
          OPENAI_BASE_URL: upstream.baseUrl,
          OPENAI_API_KEY: 'key',
          PLUMBLINE_METRICS_PORT: '0',
        },
      },
    )
    const ended = once(gateway, 'exit')
    await expect.poll(() => isAlive(port), { timeout: 60_000 }).toBe(true)
    const call = fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }),
    }).then(
      (response) => response.status,
      () => undefined,
    )
    await upstream.received(1)
    gateway.kill('SIGINT')
    await sleep(betweenMs)
    gateway.kill('SIGINT')
    await sleep(100)
    release()
    expect([await call, (await ended)[0]]).toEqual([status, exitCode])
    await upstream.close()
  },
  120_000,
)

async function isAlive(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/livez`)).ok
  } catch {
    return false
  }
}
