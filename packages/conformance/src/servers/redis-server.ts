import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Redis } from 'ioredis'

import { findBinary } from './find-binary.ts'
import { startRedisRelay } from './redis-relay.ts'

/** A Redis or Valkey server that a scenario may break. */
export interface RedisServer {
  /** `redis://127.0.0.1:PORT`. */
  readonly url: string
  /** A client of the scenario's own, for what no interface of ours offers. Fails with the server. */
  readonly admin: Redis
  /** It answers nothing and closes nothing. */
  freeze(): void
  /** It goes on where it was frozen. */
  thaw(): void
  /** It is gone, as by kill -9, frozen or not. */
  kill(): Promise<void>
  /** It is back, empty, under the same address. */
  restart(): Promise<void>
  /** It takes no more entries, and evicts none (`OOM command not allowed`); `undo` lets it take entries again. */
  fill(): Promise<{ undo(): Promise<void> }>
  /** Every key becomes these bytes, or a list where they are undefined. */
  spoil(bytes: Buffer | undefined): Promise<void>
  stop(): Promise<void>
}

const binaries = ['redis-server', 'valkey-server']

/** Why no Redis can be started here; undefined when one can: by a binary on the PATH, or since `REDIS_URL` names one. */
export function redisMissing(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (environment['REDIS_URL'] !== undefined || findBinary(binaries, environment) !== undefined)
    return undefined
  return 'There is no redis-server or valkey-server on the PATH, and no REDIS_URL.'
}

/**
 * Starts a server of its own on a free port of the loopback; it writes nothing to disk but in a folder that `stop` removes. With
 * `REDIS_URL`, a relay stands before that server, so that it too can be frozen and killed: its database is emptied, so name one
 * that holds nothing. `cluster`: one node that holds all slots, and refuses commands across them.
 */
export async function startRedisServer(options: { cluster?: boolean } = {}): Promise<RedisServer> {
  const { REDIS_URL: outside } = process.env
  const host = outside === undefined ? await startProcess(options) : await startRedisRelay(outside)
  const connect = (): Redis => {
    const client = new Redis(host.url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
    // A scenario kills the server under this client.
    client.on('error', () => {})
    return client
  }
  const admin = connect()
  await admin.flushdb()

  return {
    url: host.url,
    admin,
    freeze: () => host.freeze(),
    thaw: () => host.thaw(),
    kill: () => host.kill(),
    async restart() {
      await host.restart()
      await admin.flushdb()
    },
    async fill() {
      const [, before = '0'] = (await admin.config('GET', 'maxmemory')) as string[]
      const [, policy = 'noeviction'] = (await admin.config('GET', 'maxmemory-policy')) as string[]
      await admin.config('SET', 'maxmemory-policy', 'noeviction')
      await admin.config('SET', 'maxmemory', '1')
      return {
        async undo() {
          await admin.config('SET', 'maxmemory', before)
          await admin.config('SET', 'maxmemory-policy', policy)
        },
      }
    },
    async spoil(bytes) {
      for (const key of await admin.keys('*')) {
        await admin.del(key)
        if (bytes === undefined) await admin.rpush(key, 'an element')
        else await admin.set(key, bytes)
      }
    },
    async stop() {
      admin.disconnect()
      await host.stop()
    },
  }
}

/** Where the server runs: a process of ours, or a relay before one that is not. */
export type RedisHost = Pick<RedisServer, 'url' | 'freeze' | 'thaw' | 'kill' | 'restart' | 'stop'>

async function startProcess({ cluster = false }: { cluster?: boolean }): Promise<RedisHost> {
  const binary = findBinary(binaries, process.env)
  if (binary === undefined) throw new Error(redisMissing())
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-redis-'))
  let child: ChildProcess | undefined

  async function launch(): Promise<void> {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
    const persistence = ['--save', '', '--appendonly', 'no']
    // A node that has met no other one does not know its address, which a cluster client asks for.
    const mode = cluster ? ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] : []
    child = spawn(binary ?? '', [...settings, ...persistence, ...mode], { stdio: 'ignore' })
    const client = new Redis(port, { retryStrategy: () => 20, maxRetriesPerRequest: null })
    client.on('error', () => {})
    try {
      await client.ping()
      if (cluster) {
        const info = await client.cluster('INFO')
        if (!info.includes('cluster_state:ok')) await client.cluster('ADDSLOTSRANGE', 0, 16_383)
        while (!(await client.cluster('INFO')).includes('cluster_state:ok'))
          await new Promise((resolve) => setTimeout(resolve, 20))
      }
    } finally {
      client.disconnect()
    }
  }

  // What ends this process in the middle of a scenario must not leave a server behind.
  const killAtExit = (): void => void child?.kill('SIGKILL')
  process.once('exit', killAtExit)
  await launch()

  async function end(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    // A stopped process is killed as well; only this signal reaches it.
    child.kill('SIGKILL')
    await gone
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    kill: end,
    async restart() {
      await end()
      await launch()
    },
    async stop() {
      await end()
      process.off('exit', killAtExit)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  // A cluster node listens at its port + 10,000 too.
  for (;;) {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    // `listen` was given a port, so the address is not a path.
    const { port } = probe.address() as AddressInfo
    probe.close()
    await once(probe, 'close')
    if (port < 55_000) return port
  }
}
