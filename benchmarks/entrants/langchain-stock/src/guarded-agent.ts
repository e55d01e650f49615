import type { ChatResponse } from '@plumbline/core'
import { coerceMessageLikeToMessage, type AIMessageChunk, type BaseMessage } from '@langchain/core/messages'
import { createAgent, createMiddleware, piiMiddleware, type AgentMiddleware } from 'langchain'

import type { Call } from './call.ts'
import { toResponse } from './wire.ts'

/**
 * The five types that `piiMiddleware` has a detector for, before and after the model.
 * https://docs.langchain.com/oss/javascript/langchain/guardrails, "PII detection" and "Combine multiple guardrails" (read
 * 2026-11-24): redact e-mails, mask cards, `applyToInput` and `applyToOutput`. That page has a middleware for each side, which
 * `createAgent` of langchain 1.5.14 refuses: two of one type have the same name. One that does both is the same.
 */
function createGuardrails(): AgentMiddleware[] {
  const bothSides = { applyToInput: true, applyToOutput: true }
  const middleware = [
    endAfterOneAnswer,
    piiMiddleware('email', { strategy: 'redact', ...bothSides }),
    piiMiddleware('credit_card', { strategy: 'mask', ...bothSides }),
    piiMiddleware('ip', { strategy: 'redact', ...bothSides }),
    piiMiddleware('mac_address', { strategy: 'redact', ...bothSides }),
    piiMiddleware('url', { strategy: 'redact', ...bothSides }),
  ]
  // LangChain's types of its own middleware do not fit one another under `exactOptionalPropertyTypes`.
  return middleware as unknown as AgentMiddleware[]
}

/**
 * Ends the agent after one answer: the tools of a request are the caller's to run. First in the list, so that its hook comes last.
 * https://docs.langchain.com/oss/javascript/langchain/middleware/custom, "Agent jumps" (read 2026-11-24).
 */
const endAfterOneAnswer = createMiddleware({
  name: 'EndAfterOneAnswer',
  afterModel: { canJumpTo: ['end'], hook: () => ({ jumpTo: 'end' }) },
})

/** An agent of one model call, without tools of its own. */
function createGuardedAgent({ model, callOptions }: Call) {
  // Bound to the model, since an agent does not pass on options of the call.
  return createAgent({ model: model.withConfig(callOptions), tools: [], middleware: createGuardrails() })
}

/** Asks the agent, and takes the last message of its state for the answer. */
export async function askAgent(call: Call): Promise<ChatResponse> {
  const messages = call.messages.map((message) => coerceMessageLikeToMessage(message))
  const state = await createGuardedAgent(call).invoke({ messages }, call.config)
  return toResponse(call.request, state.messages.slice(-1))
}

/** https://docs.langchain.com/oss/javascript/langchain/streaming, "LLM tokens" (read 2026-11-24): `streamMode: 'messages'`. */
export async function streamAgent(call: Call): Promise<AsyncIterable<AIMessageChunk>> {
  const messages = call.messages.map((message) => coerceMessageLikeToMessage(message))
  const stream = await createGuardedAgent(call).stream(
    { messages },
    { ...call.config, streamMode: 'messages' },
  )
  return modelChunks(stream)
}

/** What comes from the model, and not the messages that middleware puts back into the state. */
async function* modelChunks(
  stream: AsyncIterable<[BaseMessage, Record<string, unknown>]>,
): AsyncGenerator<AIMessageChunk> {
  for await (const [message, { langgraph_node: node }] of stream) {
    // A model streams chunks; the type is that of all nodes.
    if (node === 'model_request') yield message as AIMessageChunk
  }
}
