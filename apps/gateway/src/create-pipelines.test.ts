import { expect, test } from 'vitest'

import { createPipelines } from './create-pipelines.ts'
import { toErrorAnswer } from './error-answer.ts'
import { readSettings } from './settings.ts'

test.each([
  ['less than the pipeline’s own limit', '1000', 2_000, 'is larger than 1000 bytes'],
  // A guardrail refuses so long a text: it has been taken.
  ['more than it', '100000000', 70_000_000, 'length'],
])('the pipeline takes as much as the gateway lets in: %s', async (_, limit, length, refusal) => {
  const environment = {
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
    PLUMBLINE_MAX_BODY_BYTES: limit,
  }
  const settings = readSettings(['--dev'], environment)
  if (settings === undefined) throw new Error('There are no settings.')
  const { pipelines, close } = await createPipelines(settings)
  const messages = [{ role: 'user' as const, content: 'x'.repeat(length) }]
  const thrown = await pipelines
    .get('scratch')
    ?.chat({ model: 'gpt-4o', messages })
    .catch((error: unknown) => error)
  const { status, body } = toErrorAnswer(thrown)
  expect([status, body.error.param]).toEqual([400, null])
  expect(body.error.message).toContain(refusal)
  await close()
})
