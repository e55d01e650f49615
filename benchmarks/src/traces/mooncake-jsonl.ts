import { createHash } from 'node:crypto'

import { readFields, type Line } from './lines.ts'
import { replayModels, type TraceRequest } from './trace.ts'

/**
 * Chat requests without their texts, as Mooncake publishes them: `timestamp` (ms), `input_length` and `output_length`
 * (tokens), `hash_ids` (one per 512-token block of the prompt). Two prompts are the same when their blocks and their
 * length are; a prompt's text here is a digest of these, its size is the trace's.
 * Source: https://github.com/kvcache-ai/Mooncake, read 2026-11-24.
 */
export function readMooncake(file: string, lines: readonly Line[]): TraceRequest[] {
  let beforeMs = 0
  return lines.map((line) => {
    const fields = readFields(file, line)
    const atMs = fields.number('timestamp', beforeMs)
    beforeMs = atMs
    const input = fields.integer('input_length', 1)
    const output = fields.integer('output_length', 1)
    const blocks = fields.integers('hash_ids')
    const identity = createHash('sha256')
      .update(JSON.stringify([input, blocks]))
      .digest('base64url')
    return {
      atMs,
      tenant: 'default',
      endpoint: 'chat',
      tokens: { input, output },
      chat: {
        model: replayModels.chat,
        temperature: 0,
        messages: [{ role: 'user', content: `prompt ${identity}` }],
      },
    }
  })
}
