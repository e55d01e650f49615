/**
 * The labelled sets through our own rules, in seconds and without the suite: what to look at while writing a rule.
 * `node --conditions=@plumbline/source benchmarks/src/guardrails/main.ts [FOLDER] [part of a set's name]`
 */
import { fileURLToPath } from 'node:url'

import { defaultGuardrails, holdBound } from '@plumbline/core'

import { readLabelledSets } from './labelled-set.ts'
import { measureSets } from './measure-sets.ts'
import { plumblineDetectors } from './plumbline-detectors.ts'

const [folder = fileURLToPath(new URL('../../data/guardrails', import.meta.url)), part = ''] =
  process.argv.slice(2)
const sets = readLabelledSets(folder).filter(({ name }) => name.includes(part))
const percent = (share: number | null): string => (share === null ? '' : (share * 100).toFixed(2))

for (const row of await measureSets(plumblineDetectors(), sets)) {
  const { set, family, n, precision, recall, f1, falsePositiveRate, usP50, usP99 } = row
  const cells = [precision, recall, f1, falsePositiveRate].map((share) => percent(share).padStart(7))
  const times = [usP50, usP99].map((us) => us.toFixed(1).padStart(8))
  process.stdout.write(
    `${family.padEnd(10)}${set.padEnd(28)}${String(n).padStart(5)} P R F1 FP ${cells.join('')}  us${times.join('')}\n`,
  )
}
process.stdout.write(
  `A stream under the default policy holds back at most ${holdBound(defaultGuardrails())} UTF-16 code units.\n`,
)
