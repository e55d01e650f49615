// oxlint-disable no-underscore-dangle -- LangChain's names
// Only here: LangChain's seam for caches does not see messages, so the runnable tells it what they are.
import { hash } from 'node:crypto'

import type { BaseLanguageModelInput } from '@langchain/core/language_models/base'
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import {
  coerceMessageLikeToMessage,
  HumanMessage,
  type AIMessage,
  type AIMessageChunk,
  type BaseMessage,
} from '@langchain/core/messages'
import { Runnable, type RunnableConfig } from '@langchain/core/runnables'
import { canonicalText } from '@plumbline/core'

import { cacheKeyOption } from './langchain-cache.ts'

export interface KeyedModelFields {
  /** Made with `cache: new ResponseCache()`. */
  model: BaseChatModel
}

/**
 * A chat model whose `ResponseCache` serves any prompt, since it is told the messages' own key: turns, names, images and tool results
 * included.
 *
 *     const model = new KeyedModel({ model: new ChatOpenAI({ model: 'gpt-4o-mini', temperature: 0, cache: new ResponseCache() }) })
 *
 * A prompt that JSON cannot carry is asked as if there was no such key. Streams are LangChain's own, which no cache serves.
 */
export class KeyedModel extends Runnable<BaseLanguageModelInput, AIMessage> {
  static override lc_name(): string {
    return 'KeyedModel'
  }
  override lc_namespace = ['plumbline', 'cache']
  readonly #model: BaseChatModel

  constructor({ model }: KeyedModelFields) {
    super()
    this.#model = model
  }

  override async invoke(
    input: BaseLanguageModelInput,
    options?: Partial<RunnableConfig>,
  ): Promise<AIMessage> {
    const messages = toMessages(input)
    const key = keyOf(messages)
    // Not an option of any model: none sends it, and LangChain's key for the cache holds it.
    const keyed = key === undefined ? options : { ...options, [cacheKeyOption]: key }
    return this.#model.invoke(messages, keyed)
  }

  override async *_streamIterator(
    input: BaseLanguageModelInput,
    options?: Partial<RunnableConfig>,
  ): AsyncGenerator<AIMessageChunk> {
    yield* this.#model._streamIterator(input, options)
  }
}

function toMessages(input: BaseLanguageModelInput): BaseMessage[] {
  if (typeof input === 'string') return [new HumanMessage(input)]
  return Array.isArray(input) ? input.map(coerceMessageLikeToMessage) : input.toChatMessages()
}

/** SHA-256 of everything in the messages that a provider may be sent; undefined where JSON cannot carry it. */
function keyOf(messages: readonly BaseMessage[]): string | undefined {
  try {
    const sent = messages.map((message) => {
      const { type, data } = message.toDict()
      // What LangChain notes of the call that an earlier answer came from is not sent.
      const {
        id: _,
        response_metadata: __,
        usage_metadata: ___,
        ...fields
      } = { ...data } as Record<string, unknown>
      return { type, fields }
    })
    return hash('sha256', canonicalText(sent), 'base64url')
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
