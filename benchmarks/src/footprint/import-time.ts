import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Spread } from '@plumbline/report'

import { balancedOrder } from '../method/balanced-order.ts'
import type { Subject } from './subjects.ts'

const program = fileURLToPath(new URL('import-once.mjs', import.meta.url))

/** What importing one subject took, spawn by spawn. */
export interface ImportSamples {
  importMs: number[]
  /** Over that of a process which imports nothing, in the same round. */
  rssMb: number[]
}

/** Imports each subject `spawns` times, each time in a new process, in turn and in an order that changes from round to round. */
export async function measureImports(
  subjects: readonly Subject[],
  spawns: number,
  onProgress: (done: number, total: number) => void,
): Promise<ImportSamples[]> {
  const samples = subjects.map((): ImportSamples => ({ importMs: [], rssMb: [] }))
  // One round more: the first reads the files from the disk.
  for (let round = -1; round < spawns; round++) {
    const empty = await importOnce([])
    for (const index of balancedOrder(round + 1, subjects.length)) {
      const { importMs, rssMb } = await importOnce(subjects[index]?.specifiers ?? [])
      if (round < 0) continue
      samples[index]?.importMs.push(importMs)
      samples[index]?.rssMb.push(rssMb - empty.rssMb)
    }
    onProgress(round + 2, spawns + 1)
  }
  return samples
}

/** Median and quartiles. NaN for an empty list. */
export function spreadOf(samples: number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b)
  // Nearest rank.
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  return { median: at(0.5), low: at(0.25), high: at(0.75), samples }
}

async function importOnce(specifiers: readonly string[]): Promise<{ importMs: number; rssMb: number }> {
  // Without the sources' condition: what is published is measured.
  const env = { ...process.env, NODE_OPTIONS: '' }
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...specifiers], { env })
  // Our own program wrote it.
  return JSON.parse(stdout) as { importMs: number; rssMb: number }
}
