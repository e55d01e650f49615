#!/usr/bin/env node
// Plain JavaScript: the check of the Node version must be readable by any Node. It comes first and ends the process.
import '../../../scripts/require-node.mjs'
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
// The condition that makes workspace packages resolve to their TypeScript source can only be given at start.
const program = spawn(process.execPath, ['--conditions=@plumbline/source', main, ...process.argv.slice(2)], {
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => program.kill(signal))
program.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
})
