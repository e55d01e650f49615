import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { fromCaller } from './from-caller.ts'

/**
 * An app as a process of its own, where the caller stands: files that its settings name are meant from there. Resolves with its exit
 * code; signals reach it through the terminal or by this one.
 */
export function runApp(name: 'gateway' | 'dashboard', args: readonly string[]): Promise<number> {
  const program = fileURLToPath(new URL(`../../${name}/src/main.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@plumbline/source', program, ...args], {
    stdio: 'inherit',
    cwd: fromCaller('.'),
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
