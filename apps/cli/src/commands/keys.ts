import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { fromCaller } from '../from-caller.ts'

/** The gateway's own program for keys, since what a keys file holds is the gateway's affair. Exits as it does. */
export function keysCommand(args: readonly string[]): number {
  const program = fileURLToPath(new URL('../../../gateway/src/keys-program.ts', import.meta.url))
  const { status } = spawnSync(process.execPath, ['--conditions=@plumbline/source', program, ...args], {
    stdio: 'inherit',
    cwd: fromCaller('.'),
  })
  return status ?? 1
}
