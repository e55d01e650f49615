import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'

import { startServer, type RunningServer } from './server.ts'

let running: RunningServer | undefined
afterEach(() => running?.stop())

test('a port that is taken, and a host that is not this machine’s, are settings that make no sense', async () => {
  running = await startServer(new Hono(), { port: 0, host: '127.0.0.1' })
  const port = Number(new URL(running.url).port)
  await expect(startServer(new Hono(), { port, host: '127.0.0.1' })).rejects.toMatchObject({
    name: 'SettingError',
    message: `Port ${port} is taken: choose another one.`,
  })
  await expect(startServer(new Hono(), { port: 0, host: 'nowhere.invalid' })).rejects.toMatchObject({
    name: 'SettingError',
    message: expect.stringContaining('nowhere.invalid'),
  })
})
