import { existsSync, readFileSync, writeFileSync } from 'node:fs'

import {
  adviceToAdr,
  adviceToJson,
  adviceToText,
  decide,
  parseAnswers,
  presetNames,
  presets,
  type Advice,
  type Answers,
  type Evidence,
} from '@plumbline/decide'
import { parseReport, toEvidence, type Report } from '@plumbline/report'

import { fromCaller } from '../from-caller.ts'
import { assertKnown, UsageError } from '../usage-error.ts'

/** Flags of `plumbline decide`, as commander parses them. */
export interface DecideFlags {
  preset?: string
  answers?: string
  report?: string
  adr?: string
  json?: boolean
}

/**
 * Prints what the evidence advises. Resolves with the exit code: 1 when there is no advice (`not enough evidence`, `none fits`).
 * Throws `UsageError` for files that cannot be read or written and for answers that are none.
 */
export async function decideCommand(flags: DecideFlags): Promise<number> {
  if (flags.preset !== undefined && flags.answers !== undefined) {
    throw new UsageError('Choose one of --preset and --answers.')
  }
  const answers = await findAnswers(flags)
  const evidence = await readEvidence(flags.report)
  let advice: Advice
  try {
    advice = decide(evidence, answers)
  } catch (error) {
    // What the types cannot say of weights and opinions.
    if (error instanceof RangeError) throw new UsageError(`${flags.answers}: ${error.message}`)
    throw error
  }
  if (flags.adr !== undefined) {
    const date = new Date().toISOString().slice(0, 10)
    writeNew(flags.adr, adviceToAdr(advice, { date, evidence }))
  }
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(adviceToJson(advice, evidence), undefined, 2)}\n`
      : `${adviceToText(advice, evidence)}\n${flags.adr === undefined ? '' : `\nWritten:\n  ${fromCaller(flags.adr)}\n`}`,
  )
  return advice.verdict === 'not enough evidence' || advice.verdict === 'none fits' ? 1 : 0
}

/** Of the report that was asked for; or of the one here and, for what that lacks, of the recorded ones, newest first. */
async function readEvidence(path: string | undefined): Promise<Evidence> {
  const here = fromCaller(path ?? 'report.json')
  if (path !== undefined && !existsSync(here)) {
    throw new UsageError(`There is no ${here}. \`plumbline bench\` writes one.`)
  }
  const own = existsSync(here) ? readReport(here) : undefined
  if (path !== undefined) return toEvidence(own)
  const { readEnvironment, readResults } = await import('@plumbline/benchmarks')
  return toEvidence(own, { recorded: readResults(), inputsHash: readEnvironment().inputsHash })
}

function readReport(path: string): Report {
  try {
    return parseReport(readFileSync(path, 'utf8'), { source: path })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

async function findAnswers({ preset, answers }: DecideFlags): Promise<Answers> {
  if (answers !== undefined) {
    const path = fromCaller(answers)
    if (!existsSync(path)) throw new UsageError(`--answers ${path}: there is no such file.`)
    try {
      return parseAnswers(readFileSync(path, 'utf8'), answers)
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error))
    }
  }
  if (preset !== undefined) {
    assertKnown(preset, presetNames, 'preset')
    // Just looked up.
    return presets[preset as keyof typeof presets]
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) return presets.balanced
  const { askForAnswers } = await import('./ask-for-answers.ts')
  return askForAnswers()
}

/** A decision record is never written over another file. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(fromCaller(path), text, { flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`--adr ${path} cannot be written: ${String(error.code)}.`)
  }
}
