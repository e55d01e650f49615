import type { ChatMessage, ChatRequest, ContentPart } from '@plumbline/core'
import { UnsupportedFunctionalityError, type FilePart, type ModelMessage, type TextPart } from 'ai'

/**
 * The messages as the AI SDK has them. What it has no field for goes where its docs put what only one provider knows:
 * `providerOptions.openai` (https://ai-sdk.dev/docs/foundations/provider-options, read 2026-11-24).
 */
export function toModelMessages({ messages }: ChatRequest): ModelMessage[] {
  const toolNames = new Map(
    messages.flatMap(({ tool_calls }) =>
      (tool_calls ?? []).map(({ id, function: called }) => [id, called?.name ?? '']),
    ),
  )
  return messages.map((message) => toModelMessage(message, toolNames))
}

function toModelMessage(message: ChatMessage, toolNames: ReadonlyMap<string, string>): ModelMessage {
  const { role, content, ...rest } = message
  switch (role) {
    // Which of the two names is sent is the provider package's choice, by model.
    case 'system':
    case 'developer':
      return { role: 'system', content: textOf(content), ...optionsOf(rest) }
    case 'user':
      return {
        role,
        content: Array.isArray(content) ? content.map(toPart) : (content ?? ''),
        ...optionsOf(rest),
      }
    case 'assistant': {
      const { refusal, tool_calls = [], ...others } = rest
      const texts = [...(Array.isArray(content) ? content.map(({ text }) => text) : [content]), refusal]
      return {
        role,
        content: [
          ...texts.filter((text) => text != null).map((text) => ({ type: 'text' as const, text })),
          ...tool_calls.map(({ id, function: called }) => ({
            type: 'tool-call' as const,
            toolCallId: id,
            toolName: called?.name ?? '',
            input: JSON.parse(called?.arguments || '{}') as unknown,
          })),
        ],
        ...optionsOf(others),
      }
    }
    case 'tool': {
      const { tool_call_id: toolCallId = '', ...others } = rest
      const toolName = toolNames.get(toolCallId) ?? ''
      const output = { type: 'text' as const, value: textOf(content) }
      return {
        role,
        content: [{ type: 'tool-result', toolCallId, toolName, output }],
        ...optionsOf(others),
      }
    }
    default:
      throw new UnsupportedFunctionalityError({ functionality: `messages of role ${role}` })
  }
}

function optionsOf(fields: Record<string, unknown>) {
  const openai = definedOf(fields)
  return Object.keys(openai).length > 0 ? { providerOptions: { openai } } : {}
}

/** Images and other files are file parts (https://ai-sdk.dev/docs/foundations/prompts#file-parts, read 2026-11-24). */
function toPart(part: ContentPart): TextPart | FilePart {
  if (part.type === 'text') return { type: 'text', text: part.text ?? '' }
  if (part.type === 'image_url') {
    // As OpenAI's API reference has it.
    const { url, detail } = part['image_url'] as { url: string; detail?: string }
    return {
      type: 'file',
      mediaType: 'image',
      data: new URL(url),
      ...(detail === undefined ? {} : { providerOptions: { openai: { imageDetail: detail } } }),
    }
  }
  throw new UnsupportedFunctionalityError({ functionality: `content parts of type ${part.type}` })
}

function textOf(content: ChatMessage['content']): string {
  return Array.isArray(content) ? content.map(({ text = '' }) => text).join('') : (content ?? '')
}

/** Without what is undefined, as JSON would have it; typed for `providerOptions`. */
export function definedOf(fields: Record<string, unknown>): Record<string, never> {
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
  // Callers without types can pass anything: that it is JSON is theirs to see to.
  return Object.fromEntries(defined) as Record<string, never>
}
