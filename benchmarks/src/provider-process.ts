import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A provider in a process of its own, so that its work is not counted. It ends with this process. */
export interface ProviderProcess {
  /** With `/v1`. */
  baseUrl: string
  stop(): void
}

/** See `provider-program.ts` for what it answers. */
export async function startProvider(): Promise<ProviderProcess> {
  const child = fork(fileURLToPath(new URL('provider-program.ts', import.meta.url)))
  const [port] = (await once(child, 'message')) as [number] // What that program sends.
  return { baseUrl: `http://127.0.0.1:${port}/v1`, stop: () => child.disconnect() }
}
