import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { parseReport, type Report } from '@plumbline/report'

const folder = fileURLToPath(new URL('../results/', import.meta.url))

/** Every recorded result, oldest first. Throws `TypeError` naming the file for one that is no report. */
export function readResults(): Report[] {
  return globSync('*.json', { cwd: folder })
    .sort()
    .map((file) => {
      try {
        return parseReport(readFileSync(`${folder}${file}`, 'utf8'))
      } catch (error) {
        throw new TypeError(`benchmarks/results/${file} is no report: ${String(error)}`, { cause: error })
      }
    })
}

/** Adds a result under its time; never overwrites one. Resolves with the file, from the repository's root. */
export function writeResult(report: Report): string {
  mkdirSync(folder, { recursive: true })
  const file = `${report.endedAt.slice(0, 19).replaceAll(':', '')}Z.json`
  writeFileSync(`${folder}${file}`, `${JSON.stringify(report, undefined, 2)}\n`, { flag: 'wx' })
  return `benchmarks/results/${file}`
}
