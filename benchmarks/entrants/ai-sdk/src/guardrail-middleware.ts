import type { LanguageModelMiddleware } from 'ai'

type StreamResult = Awaited<ReturnType<NonNullable<LanguageModelMiddleware['wrapStream']>>>
type StreamPart = StreamResult['stream'] extends ReadableStream<infer Part> ? Part : never

// The docs have one word in its place, and call it a "filtering approach, e.g. for PII or other sensitive information".
const redactText = (text: string): string =>
  text
    .replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '[EMAIL]')
    .replace(/\b(?:\d[ -]?){13,16}\b/g, '[CARD]')
    .replace(/(?:\+?\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b/g, '[PHONE]')

/** The guardrail of the docs, another `redactText` aside (https://ai-sdk.dev/docs/ai-sdk-core/middleware#guardrails, read 2026-11-24). */
export const guardrailMiddleware: LanguageModelMiddleware = {
  specificationVersion: 'v4',
  wrapGenerate: async ({ doGenerate }) => {
    const result = await doGenerate()

    const content = result.content.map((part) =>
      part.type === 'text' ? { ...part, text: redactText(part.text) } : part,
    )

    return { ...result, content }
  },
  wrapStream: async ({ doStream }) => {
    const { stream, ...rest } = await doStream()

    const buffers = new Map<string, string>()

    const transformStream = new TransformStream<StreamPart, StreamPart>({
      transform(chunk, controller) {
        if (chunk.type === 'text-start') {
          buffers.set(chunk.id, '')
          controller.enqueue(chunk)
          return
        }
        if (chunk.type === 'text-delta') {
          buffers.set(chunk.id, (buffers.get(chunk.id) ?? '') + chunk.delta)
          return
        }
        if (chunk.type === 'text-end') {
          const bufferedText = buffers.get(chunk.id)
          if (bufferedText != null) {
            const redactedText = redactText(bufferedText)
            if (redactedText) controller.enqueue({ type: 'text-delta', id: chunk.id, delta: redactedText })
            buffers.delete(chunk.id)
          }
        }
        controller.enqueue(chunk)
      },
      flush(controller) {
        for (const [id, bufferedText] of buffers) {
          const redactedText = redactText(bufferedText)
          if (redactedText) controller.enqueue({ type: 'text-delta', id, delta: redactedText })
        }
      },
    })

    return { stream: stream.pipeThrough(transformStream), ...rest }
  },
}
