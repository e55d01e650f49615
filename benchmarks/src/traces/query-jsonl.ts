import { readFields, type Line } from './lines.ts'
import { TraceError } from './trace-error.ts'
import { replayModels, type TraceRequest } from './trace.ts'

/** Where a trace gives no times, one request follows the other after this long. */
export const assumedGapMs = 1_000

const systemPrompt =
  'You answer questions of the users of a search page. Use what you know, say so when you do not know, answer in at most three sentences.'

/**
 * Questions, one JSON object a line: `q`, the text; `t_ms`, its arrival in ms from the start (on every line or on none);
 * `tenant`. Each is embedded, as for a look-up, and then asked at temperature 0.
 */
export function readQueries(file: string, lines: readonly Line[]): TraceRequest[] {
  let before: number | undefined
  return lines.map((line, index) => {
    const fields = readFields(file, line)
    const question = fields.text('q')
    const given = fields.optionalNumber('t_ms', before ?? 0)
    if (index > 0 && (given === undefined) !== (before === undefined)) {
      throw new TraceError(file, line.number, 'a "t_ms" on every line or on none', given)
    }
    before = given
    return {
      atMs: given ?? index * assumedGapMs,
      tenant: fields.optionalText('tenant') ?? 'default',
      endpoint: 'search',
      embeds: question,
      chat: {
        model: replayModels.chat,
        temperature: 0,
        messages: [
          { role: 'system', content: systemPrompt },
          { role: 'user', content: question },
        ],
      },
    }
  })
}
