// Only here: how the stages get into a LangChain chat model.
import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import type { CallbackManager } from '@langchain/core/callbacks/manager'
import { ChatOpenAI, type ChatOpenAIFields, type ChatOpenAIResponses } from '@langchain/openai'

import type { Stages } from './answer.ts'
import { PipelineCompletions } from './chat.ts'

/**
 * A `ChatOpenAI` with the pipeline's stages around each of its calls, however it is called: `invoke`, `stream`, `batch`,
 * with tools, or by an agent.
 *
 *     const model = createChatModel({ model: 'gpt-4o-mini', temperature: 0 }, { guardrails: defaultGuardrails() })
 *     await model.invoke('Hello', { metadata: { tenant: 'acme', endpoint: 'faq', promptVersion: 'v3', cache: 'refresh' } })
 *
 * `streamEvents` in its version 3 runs no callbacks in LangChain: such calls are guarded and retried, but neither recorded nor
 * cached, since nobody knows their tenant.
 */
export function createChatModel(fields: ChatOpenAIFields, stages: Stages): ChatOpenAI {
  // The run, and with it the tenant, exists only where a handler does.
  const withHandler = {
    ...fields,
    callbacks: withCallback(fields.callbacks, stages.metrics ?? new RunMarker()),
  }
  const completions = new PipelineCompletions(withHandler, stages)
  return new ChatOpenAI({
    ...withHandler,
    completions,
    // `ChatOpenAI` sends some models to /responses whatever it is told, which would go round the stages. Both are called the
    // same way.
    responses: completions as unknown as ChatOpenAIResponses,
  })
}

const stagedModels = new WeakMap<Stages, WeakMap<ChatOpenAI, ChatOpenAI>>()

/**
 * The same model with these stages added to the ones it has; made once per model and stages. Throws `TypeError` for anything
 * but a `ChatOpenAI`, classes made from it included: an `AzureChatOpenAI` made anew as one would send its prompts to OpenAI (SEC-05).
 */
export function withStages(model: unknown, stages: Stages): ChatOpenAI {
  if (!(model instanceof ChatOpenAI) || Object.getPrototypeOf(model) !== ChatOpenAI.prototype) {
    throw new TypeError(
      'This middleware needs the agent to have a ChatOpenAI instance as its model, not one of another class, those made from it ' +
        'included; use GuardedRunnable round others.',
    )
  }
  let known = stagedModels.get(stages)
  if (known === undefined) stagedModels.set(stages, (known = new WeakMap()))
  let staged = known.get(model)
  if (staged === undefined) {
    // `protected`, and what `withConfig` itself copies a model by.
    const { fields = {}, defaultOptions } = model as unknown as {
      fields?: ChatOpenAIFields
      defaultOptions?: Parameters<ChatOpenAI['withConfig']>[0]
    }
    const before = fields.completions instanceof PipelineCompletions ? fields.completions.stages : {}
    staged = createChatModel(fields, { ...before, ...stages })
    if (defaultOptions) staged = staged.withConfig(defaultOptions) as ChatOpenAI
    known.set(model, staged)
  }
  return staged
}

/** Handles nothing; its presence makes LangChain keep runs. */
class RunMarker extends BaseCallbackHandler {
  override name = 'plumbline_run_marker'
  // Not through the background queue, once per token.
  override awaitHandlers = true
}

function withCallback(
  callbacks: ChatOpenAIFields['callbacks'],
  handler: BaseCallbackHandler,
): NonNullable<ChatOpenAIFields['callbacks']> {
  if (callbacks === undefined) return [handler]
  const handlers = Array.isArray(callbacks) ? callbacks : (callbacks as CallbackManager).handlers
  return handlers.includes(handler)
    ? callbacks
    : Array.isArray(callbacks)
      ? [...callbacks, handler]
      : callbacks.copy([handler])
}
