// Only here, and an entry of its own: importing `langchain` takes longer than everything else of this package together.
import { defaultGuardrails, type GuardrailPolicy } from '@plumbline/core'
import { createMiddleware, type AgentMiddleware } from 'langchain'

import type { Stages } from './answer.ts'
import { withStages } from './chat-model.ts'
import { ResponseStore, type ResponseStoreOptions } from './response-cache.ts'

/**
 * Guardrails for `createAgent`, on every message that goes to the model and every answer that comes back, streamed or not:
 *
 *     createAgent({ model: new ChatOpenAI({ model: 'gpt-4o' }), tools, middleware: [guardrailMiddleware()] })
 *
 * It changes the model rather than the answer: what a middleware does to an answer comes too late for the tokens that have
 * been streamed, which is how `piiMiddleware` leaks them (GRD-11). So tools get guarded arguments, and what they return is
 * guarded whenever the model reads it; in the agent's own state it stays as it is. The agent's model must be a `ChatOpenAI`.
 * Errors arrive as LangChain's `MiddlewareError` with the `GuardrailBlockedError` as `cause`.
 */
export function guardrailMiddleware(policy: GuardrailPolicy = defaultGuardrails()): AgentMiddleware {
  return stageMiddleware('PlumblineGuardrails', { guardrails: policy })
}

/**
 * A response cache with single flight for `createAgent`, streams included; otherwise as `guardrailMiddleware`, and together
 * with it in any order. LangChain's own cache never hits under an agent, whose run ids become part of its key. Answers that
 * call tools are not kept. `metadata.tenant` of the invocation is a hard partition.
 */
export function responseCacheMiddleware(options: ResponseStoreOptions = {}): AgentMiddleware {
  return stageMiddleware('PlumblineResponseCache', { cache: new ResponseStore(options) })
}

function stageMiddleware(name: string, stages: Stages): AgentMiddleware {
  return createMiddleware({
    name,
    wrapModelCall: (request, handler) => handler({ ...request, model: withStages(request.model, stages) }),
  })
}
