import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A server in a process of its own, whose CPU time and memory can be asked. It ends with this process. */
export interface MeasuredProcess {
  usage(): Promise<ProcessUsage>
  /** The first line on its standard output that has an address of http. */
  address: string
  stop(): void
}

export interface ProcessUsage {
  /** User and system, since it began. */
  cpuUs: number
  rssBytes: number
}

export interface ProgramOptions {
  /** Of the program, which come after its file. */
  args?: readonly string[]
  /** Of Node, which come before it. */
  nodeArgs?: readonly string[]
  /** Added to this process's own. */
  environment?: Record<string, string>
}

/** How long a program may take until it says where it listens, in ms. */
const startMs = 30_000

/** Starts a program of Node that prints where it listens. Rejects when it ends before, or says nothing for 30 s. */
export async function startMeasured(file: string, options: ProgramOptions = {}): Promise<MeasuredProcess> {
  const { args = [], nodeArgs = [], environment } = options
  const preload = new URL('programs/report-usage.ts', import.meta.url).href
  const child = spawn(process.execPath, [...nodeArgs, '--import', preload, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  })
  // Read to the end: a full pipe would stop it.
  if (child.stdout === null) throw new Error('A program without standard output cannot say where it listens.')
  const lines = createInterface({ input: child.stdout })
  const address = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill()
      reject(new Error(`${file} does not say where it listens.`))
    }, startMs)
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}.`)))
    lines.on('line', (line) => {
      const found = /https?:\/\/[\w.]+:\d+/.exec(line)?.[0]
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    })
  })
  return {
    address,
    async usage() {
      const answer = once(child, 'message') as Promise<[ProcessUsage]> // What the preloaded file sends.
      child.send('usage')
      return (await answer)[0]
    },
    stop: () => void child.kill(),
  }
}

/** The path of a program beside this file. */
export function programPath(name: string): string {
  return fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url))
}
