import type {
  ChatResult,
  ChatRequest,
  CallContext,
  EmbedRequest,
  EmbedResponse,
  PipelineOptions,
} from '@plumbline/core'
import { MetricsCollector } from '@plumbline/core'
import type { EntrantChatResult, EntrantPipeline } from '@plumbline/conformance'
import { awaitAllCallbacks } from '@langchain/core/callbacks/promises'

import { openCall, type Call } from './call.ts'
import { createEmbedder } from './embeddings.ts'
import { createModels } from './models.ts'
import { askAgent, streamAgent } from './guarded-agent.ts'
import { askModel, streamModel } from './model-calls.ts'
import { createStream } from './stream.ts'

/** The pipeline: each call goes to a model or, with guardrails, to an agent that wraps it. */
export function createLangChainPipeline(options: PipelineOptions): EntrantPipeline {
  const metrics = options.metrics ?? new MetricsCollector()
  const models = createModels(options)
  const embedder = createEmbedder(options)
  // A policy of the caller's own is not offered, so an object can only mean: on.
  const guarded = options.guardrails !== false

  function open(request: ChatRequest, context: CallContext | undefined, stream: boolean): Call {
    return openCall({ request, context, stream, options, models, metrics })
  }

  return {
    metrics,
    async chat(request, context): Promise<EntrantChatResult> {
      const call = open(request, context, false)
      const response = await (guarded ? askAgent(call) : askModel(call))
      return resultOf(response, call)
    },
    stream(request, context) {
      return createStream(async () => {
        const call = open(request, context, true)
        return { call, chunks: await (guarded ? streamAgent(call) : streamModel(call)) }
      }, resultOf)
    },
    async embed(request: EmbedRequest, context?: CallContext): Promise<{ response: EmbedResponse }> {
      return { response: await embedder(request, context) }
    },
    // https://js.langchain.com/docs/how_to/callbacks_serverless/ (read 2026-11-24): `awaitAllCallbacks` before the process ends.
    close: awaitAllCallbacks,
  }
}

/** What the caller gets: the record is there if the callback has run by now, which LangChain does not wait for. */
function resultOf(response: ChatResult['response'], { usage }: Call): EntrantChatResult {
  const { record } = usage
  return { response, ...(record === undefined ? {} : { metrics: record, outcome: record.outcome }) }
}
