import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import { RunnableLambda } from '@langchain/core/runnables'
import { ChatOpenAI } from '@langchain/openai'
import { defaultGuardrails } from '@plumbline/core'
import { CircuitBreakers, createChatModel, MetricsCallbackHandler, ResponseStore } from '@plumbline/langchain'
import { createAgent, piiMiddleware, type AgentMiddleware } from 'langchain'

import { sdkName } from './bare-subjects.ts'
import { requestOf } from './requests.ts'
import type { Subject, Target } from './subject.ts'

export const chatModelName = 'ChatOpenAI'
export const handledName = 'ChatOpenAI with an awaited no-op handler'

/** Hears of each start and end, and does nothing: what any handler costs. */
class NoOpHandler extends BaseCallbackHandler {
  name = 'no-op'
  override awaitHandlers = true
  override async handleChatModelStart(): Promise<void> {}
  override async handleLLMEnd(): Promise<void> {}
}

function messagesOf(number: number): { role: string; content: string }[] {
  return requestOf(number).messages.map(({ role, content }) => ({ role, content: String(content) }))
}

function fieldsOf({ baseUrl, fetch }: Target) {
  return {
    model: 'gpt-4o-mini',
    temperature: 0,
    apiKey: 'overhead',
    configuration: { baseURL: baseUrl, ...(fetch && { fetch }) },
  }
}

/** LangChain's own seams, each alone, as its docs have them used. */
export function seamSubjects(target: Target): Subject[] {
  const model = new ChatOpenAI(fieldsOf(target))
  const handled = new ChatOpenAI({ ...fieldsOf(target), callbacks: [new NoOpHandler()] })
  const sequence = RunnableLambda.from((messages: ReturnType<typeof messagesOf>) => messages).pipe(model)
  const agent = createAgent({ model, tools: [] })
  // Its type of the options does not fit `exactOptionalPropertyTypes`.
  const pii = piiMiddleware('email', { applyToOutput: true }) as unknown as AgentMiddleware
  const guarded = createAgent({ model, tools: [], middleware: [pii] })
  return [
    { name: chatModelName, baseline: sdkName, call: async (number) => model.invoke(messagesOf(number)) },
    {
      name: handledName,
      baseline: chatModelName,
      call: async (number) => handled.invoke(messagesOf(number)),
    },
    {
      name: 'ChatOpenAI behind one runnable',
      baseline: chatModelName,
      call: async (number) => sequence.invoke(messagesOf(number)),
    },
    {
      name: 'createAgent',
      baseline: chatModelName,
      call: async (number) => agent.invoke({ messages: messagesOf(number) }),
    },
    {
      name: 'createAgent with piiMiddleware, e-mail',
      baseline: 'createAgent',
      call: async (number) => guarded.invoke({ messages: messagesOf(number) }),
    },
  ]
}

/** Our build as a LangChain application holds it: what `createPipeline` adds to that is the translation of the wire types. */
export function nativeSubject(target: Target): Subject {
  const metrics = new MetricsCallbackHandler()
  const model = createChatModel(fieldsOf(target), {
    metrics,
    guardrails: defaultGuardrails(),
    cache: new ResponseStore({ metrics: metrics.metrics }),
    breakers: new CircuitBreakers({}),
    deadlineMs: 60_000,
  })
  return {
    name: 'langchain, its chat model without the wire types',
    baseline: handledName,
    call: async (number) => model.invoke(messagesOf(number)),
  }
}
