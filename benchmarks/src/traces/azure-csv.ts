import type { Line } from './lines.ts'
import { TraceError } from './trace-error.ts'
import { replayModels, type TraceRequest } from './trace.ts'

export const azureHeading = 'TIMESTAMP,ContextTokens,GeneratedTokens'

const row = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,7})?,(\d+),(\d+)$/

/**
 * Arrivals and sizes without texts, as Azure publishes them. Nothing says which prompts are the same, so each is one of its
 * own: such a trace says what traffic costs, not what a cache saves.
 * Source: https://github.com/Azure/AzurePublicDataset, read 2026-11-24.
 */
export function readAzure(file: string, lines: readonly Line[]): TraceRequest[] {
  let startMs: number | undefined
  let beforeMs = 0
  return lines.slice(1).map((line) => {
    const [, day, time, fraction = '.0', input, output] = row.exec(line.text) ?? []
    if (day === undefined) {
      throw new TraceError(file, line.number, 'a row "YYYY-MM-DD hh:mm:ss.fffffff,TOKENS,TOKENS"', line.text)
    }
    const timeMs = Date.parse(`${day}T${time}Z`) + Math.floor(Number(fraction) * 1000)
    startMs ??= timeMs
    const atMs = timeMs - startMs
    if (Number.isNaN(atMs) || atMs < beforeMs) {
      throw new TraceError(
        file,
        line.number,
        'a time that exists and is not before the one above it',
        line.text,
      )
    }
    beforeMs = atMs
    return {
      atMs,
      tenant: 'default',
      endpoint: 'chat',
      tokens: { input: Number(input), output: Number(output) },
      chat: {
        model: replayModels.chat,
        temperature: 0,
        messages: [{ role: 'user', content: `request on line ${line.number}` }],
      },
    }
  })
}
