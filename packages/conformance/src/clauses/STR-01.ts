import { defineClause } from '../clause.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const question = ask('Count for me.')

export const STR01 = defineClause({
  id: 'STR-01',
  sentence: 'Chunks arrive as the provider sends them (no buffering beyond what guardrails must hold back).',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['stream'],
  scenarios: [
    {
      name: 'the first piece of text is there while the provider still holds the second one back',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ pieces: ['One. ', 'Two.'], between: [{ gate: 'second' }] }))
        let text = ''
        for await (const chunk of pipeline({ server }).stream(question)) {
          text += chunk.choices[0]?.delta.content ?? ''
          // A pipeline that buffers never comes here: the gate opens for a reader who has the first piece.
          if (text === 'One. ') server.release('second')
        }
        check.equal(text, 'One. Two.', 'the whole text')
      },
    },
    {
      name: 'twenty pieces arrive one by one, each before the next is sent',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const pieces = Array.from({ length: 20 }, (_, index) => `${index}, `)
        const server = await faults(() => ({
          headers: { 'content-type': 'text/event-stream' },
          steps: [
            ...pieces.flatMap((content, index) => [
              { gate: `piece ${index}` },
              { event: delta({ content }) },
            ]),
            { event: delta({}, 'stop') },
            { text: 'data: [DONE]\n\n' },
          ],
        }))
        const seen: string[] = []
        server.release('piece 0')
        for await (const chunk of pipeline({ server }).stream(question)) {
          const content = chunk.choices[0]?.delta.content
          if (!content) continue
          seen.push(content)
          server.release(`piece ${seen.length}`)
        }
        check.deepEqual(seen, pieces)
      },
    },
    {
      name: 'a comment, an empty delta and a piece cut into single bytes do not hold up the text before them',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(() => ({
          headers: { 'content-type': 'text/event-stream' },
          bytesPerWrite: 1,
          steps: [
            { comment: 'processing' },
            { event: delta({ role: 'assistant', content: '' }) },
            { event: delta({ content: 'Here ' }) },
            { gate: 'rest' },
            { event: delta({ content: 'it is.' }) },
            { event: delta({}, 'stop') },
            { text: 'data: [DONE]\n\n' },
          ],
        }))
        let text = ''
        for await (const chunk of pipeline({ server }).stream(question)) {
          text += chunk.choices[0]?.delta.content ?? ''
          if (text === 'Here ') server.release('rest')
        }
        check.equal(text, 'Here it is.')
      },
    },
  ],
})

function delta(value: object, finishReason: string | null = null): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_795_435_200,
    model: 'gpt-4o',
    choices: [{ index: 0, delta: value, finish_reason: finishReason }],
  }
}
