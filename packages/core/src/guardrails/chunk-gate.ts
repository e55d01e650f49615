import type { ChatChunk, ChatChunkChoice, ChatDelta, ContentPart, ToolCallDelta } from '../contract/wire.ts'
import { DETAIL_TEXTS } from '../stream/join-details.ts'
import { placeToolCall, type BegunCalls } from '../stream/place-tool-call.ts'
import { mapSame, TEXT_FIELDS, withoutLogprobs } from './guard-messages.ts'
import type { TextPlace } from './rule.ts'
import type { TextGate } from './text-gate.ts'
import { isObject } from '../contract/is-object.ts'

/** Lets a streamed answer through chunk by chunk, each of its texts through a gate of its own. */
export interface ChunkGate {
  /** Takes the provider's next chunk and returns the chunks to pass on: none, the chunk itself, or copies. */
  gateChunk(chunk: ChatChunk): ChatChunk[]
  /** Ends the stream. Returns the held text of choices that had no finish reason, as a chunk. */
  end(): ChatChunk[]
}

export interface ChunkGateOptions {
  /** A gate at the start of the text at `path`: `choices[0].message.content`. */
  openText(where: { part: TextPlace['part']; path: string; json: boolean }): TextGate
  /** Told the length of every piece, in UTF-16 code units. */
  onText?(chars: number): void
  /** From when on nothing comes out. Default never. */
  isBlocked?(): boolean
  /** Whether sound waits for its transcript, and goes where that is changed: it says the same. Default false. */
  holdsSound?: boolean
}

/** The sound of a choice that waits for its transcript. */
interface HeldSound {
  data: string[]
  said: string
  released: string
}

/** One text of the answer: its gate, and how to write a piece of it into a delta. */
interface Channel {
  gate: TextGate
  write(delta: ChatDelta, text: string): void
}

type Channels = Map<string, Channel>

const STRING_FIELDS = [['content', 'content'], ...TEXT_FIELDS] as const

/** A gate at the start of an answer, over the gates of its texts. */
export function createChunkGate({
  openText,
  onText,
  isBlocked = () => false,
  holdsSound = false,
}: ChunkGateOptions): ChunkGate {
  const choices = new Map<number, Channels>()
  const sounds = new Map<number, HeldSound>()
  const callsOf = new Map<number, BegunCalls>()
  let last: ChatChunk | undefined

  function channelsOf(index: number): Channels {
    let channels = choices.get(index)
    if (!channels) choices.set(index, (channels = new Map()))
    return channels
  }

  function pass(
    choice: number,
    path: string,
    text: string,
    options: { part: TextPlace['part']; json?: boolean; write: Channel['write'] },
  ): string {
    const channels = channelsOf(choice)
    let channel = channels.get(path)
    if (!channel) {
      const { part, json = false } = options
      const gate = openText({ part, path: `choices[${choice}].message.${path}`, json })
      channel = { gate, write: options.write }
      channels.set(path, channel)
    }
    onText?.(text.length)
    return channel.gate.push(text)
  }

  /**
   * A piece with the index of its call, where a server leaves it out: what is held back of one call would come out under the next.
   */
  function withIndex(choice: number, call: ToolCallDelta): ToolCallDelta {
    const calls = callsOf.get(choice) ?? { count: 0, lastId: undefined }
    callsOf.set(choice, calls)
    const index = placeToolCall(call, calls)
    calls.count = Math.max(calls.count, index + 1)
    if (index === calls.count - 1) calls.lastId = call.id || calls.lastId
    return call.index === index ? call : { ...call, index }
  }

  function passCalls(choice: number, calls: ToolCallDelta[]): ToolCallDelta[] {
    let changed = false
    const passed = calls.map((piece) => {
      const call = withIndex(choice, piece)
      changed ||= call !== piece
      const path = `tool_calls[${call.index}]`
      const changes: Partial<ToolCallDelta> = {}
      const text = call.function?.arguments
      if (typeof text === 'string') {
        const released = pass(choice, `${path}.function.arguments`, text, {
          part: 'tool_arguments',
          json: true,
          write: (delta, rest) => addCall(delta, { index: call.index, function: { arguments: rest } }),
        })
        if (released !== text) changes.function = { ...call.function, arguments: released }
      }
      // Custom tools take free text.
      const custom = call.custom
      if (isObject(custom) && typeof custom.input === 'string') {
        const released = pass(choice, `${path}.custom.input`, custom.input, {
          part: 'tool_arguments',
          write: (delta, rest) => addCall(delta, { index: call.index, custom: { input: rest } }),
        })
        if (released !== custom.input) changes.custom = { ...custom, input: released }
      }
      if (Object.keys(changes).length === 0) return call
      changed = true
      return { ...call, ...changes }
    })
    return changed ? passed : calls
  }

  /** What may leave of a content in parts: Mistral's models stream reasoning so (https://github.com/braintrustdata/braintrust-sdk-javascript/issues/1857, read 2026-11-30). */
  function passParts(choice: number, parts: readonly unknown[]): unknown[] {
    return parts.flatMap((one) => {
      if (!isObject(one)) return [one]
      const { text, thinking } = one
      if (thinking !== undefined)
        return [...endPart(choice, 'content'), { ...one, thinking: passThinking(choice, thinking) }]
      if (typeof text !== 'string') return [one]
      return [...endPart(choice, 'content.thinking'), { ...one, text: passText(choice, text) }]
    })
  }

  function passText(choice: number, text: string): string {
    const write: Channel['write'] = (delta, rest) => addPart(delta, partOf('content', rest))
    return pass(choice, 'content', text, { part: 'content', write })
  }

  /** A text, or parts with texts. */
  function passThinking(choice: number, thinking: unknown): unknown {
    const write: Channel['write'] = (delta, rest) => addPart(delta, partOf('content.thinking', rest))
    const passOne = (text: string): string =>
      pass(choice, 'content.thinking', text, { part: 'reasoning', write })
    if (typeof thinking === 'string') return passOne(thinking)
    if (!Array.isArray(thinking)) return thinking
    return thinking.map((one: unknown) =>
      isObject(one) && typeof one['text'] === 'string' ? { ...one, text: passOne(one['text']) } : one,
    )
  }

  /** What is held of one kind of part, which is over where the other begins. */
  function endPart(choice: number, path: PartPath): ContentPart[] {
    const rest = endText(choice, path)
    return rest === '' ? [] : [partOf(path, rest)]
  }

  /** What is held of a text that is over. */
  function endText(choice: number, path: string): string {
    const channel = choices.get(choice)?.get(path)
    channelsOf(choice).delete(path)
    return channel?.gate.end() ?? ''
  }

  /** What may leave of reasoning details, OpenRouter's form. A signature comes last, and is no piece of the text. */
  function passDetails(choice: number, details: unknown[]): unknown[] {
    return mapSame(details, (one) => {
      if (!isObject(one)) return one
      const changes: Record<string, unknown> = {}
      const { type, index } = one
      const place = index === undefined ? { type } : { type, index }
      for (const field of DETAIL_TEXTS) {
        const path = `reasoning_details[${typeof index === 'number' ? index : 0}].${field}`
        const text = one[field]
        let released = ''
        if (typeof text === 'string') {
          const write: Channel['write'] = (delta, rest) => addDetail(delta, { ...place, [field]: rest })
          released = pass(choice, path, text, { part: 'reasoning', write })
        }
        if (one['signature']) released += endText(choice, path)
        if (released !== (typeof text === 'string' ? text : '')) changes[field] = released
      }
      return Object.keys(changes).length === 0 ? one : { ...one, ...changes }
    })
  }

  /** What may leave of a piece of sound. */
  function passAudio(choice: number, audio: Record<string, unknown>): Record<string, unknown> {
    let sound = sounds.get(choice)
    if (!sound) sounds.set(choice, (sound = { data: [], said: '', released: '' }))
    const text = typeof audio['transcript'] === 'string' ? audio['transcript'] : ''
    const passed = pass(choice, 'audio.transcript', text, {
      part: 'content',
      write(delta, rest) {
        sound.released += rest
        delta['audio'] = { transcript: rest }
      },
    })
    sound.said += text
    sound.released += passed
    const changed = passed === text ? audio : { ...audio, transcript: passed }
    const { data, ...silent } = changed
    if (!holdsSound || typeof data !== 'string') return changed
    sound.data.push(data)
    return silent
  }

  /** What was held of the sound of a choice that is over, in its pieces: none when it says what has been replaced. */
  function endSound(choice: number): ChatDelta[] {
    const sound = sounds.get(choice)
    sounds.delete(choice)
    return sound && sound.said === sound.released ? sound.data.map((data) => ({ audio: { data } })) : []
  }

  /** What may leave of a delta; the same object when all of it may. */
  function passDelta(choice: number, delta: ChatDelta): ChatDelta {
    const changes: Record<string, unknown> = {}
    for (const [field, part] of STRING_FIELDS) {
      const text = delta[field]
      if (typeof text !== 'string') continue
      const released = pass(choice, field, text, {
        part,
        write: (target, rest) => {
          if (field === 'content' && target.content) addPart(target, partOf('content', rest))
          else target[field] = rest
        },
      })
      if (released !== text) changes[field] = released
      if (field === 'content' && text !== '' && channelsOf(choice).has('content.thinking'))
        changes[field] = [...endPart(choice, 'content.thinking'), partOf('content', released)]
    }
    const parts: unknown = delta.content // The types know texts alone.
    if (Array.isArray(parts)) changes['content'] = passParts(choice, parts)
    const { reasoning_details, audio } = delta
    if (Array.isArray(reasoning_details)) {
      const details = passDetails(choice, reasoning_details)
      if (details !== reasoning_details) changes['reasoning_details'] = details
    }
    if (isObject(audio)) {
      const sound = passAudio(choice, audio)
      if (sound !== audio) changes['audio'] = sound
    }
    if (Array.isArray(delta.tool_calls)) {
      const calls = passCalls(choice, delta.tool_calls)
      if (calls !== delta.tool_calls) changes.tool_calls = calls
    }
    const legacy = delta.function_call
    if (isObject(legacy) && typeof legacy.arguments === 'string') {
      const released = pass(choice, 'function_call.arguments', legacy.arguments, {
        part: 'tool_arguments',
        json: true,
        write: (target, rest) => {
          target.function_call = { arguments: rest }
        },
      })
      if (released !== legacy.arguments) changes.function_call = { ...legacy, arguments: released }
    }
    return Object.keys(changes).length === 0 ? delta : { ...delta, ...changes }
  }

  /** Ends all texts of a choice; its held pieces as a delta, and one for each piece of its sound. */
  function flush(choice: number): ChatDelta[] {
    const delta: ChatDelta = {}
    for (const { gate, write } of channelsOf(choice).values()) {
      const rest = gate.end()
      if (rest !== '') write(delta, rest)
    }
    choices.delete(choice)
    return [...(Object.keys(delta).length === 0 ? [] : [delta]), ...endSound(choice)]
  }

  return {
    gateChunk(chunk) {
      if (isBlocked()) return []
      last = chunk
      const held: ChatChunkChoice[] = []
      const passed: ChatChunkChoice[] = []
      let changed = false
      for (const whole of chunk.choices) {
        const choice = withoutMessage(whole)
        changed ||= choice !== whole
        // Azure sends what its filter found without one (https://github.com/openai/openai-node/issues/1015, read 2026-11-30).
        const delta = isObject(choice.delta) ? passDelta(choice.index, choice.delta) : choice.delta
        const finished = choice.finish_reason !== null && choice.finish_reason !== undefined
        const rest = finished ? flush(choice.index) : []
        if (rest.length > 0) {
          // The text goes out in a chunk of its own, since readers may stop looking at one with a finish reason.
          if (!isEmpty(delta)) held.push({ index: choice.index, delta, finish_reason: null })
          held.push(...rest.map((one) => ({ index: choice.index, delta: one, finish_reason: null })))
          passed.push({ ...choice, delta: {}, ...withoutLogprobs(choice) })
          changed = true
        } else if (delta === choice.delta) {
          passed.push(choice)
        } else {
          changed = true
          if (finished || !isEmpty(delta)) passed.push({ ...choice, delta, ...withoutLogprobs(choice) })
        }
      }
      if (isBlocked()) return []
      if (!changed) return [chunk]
      const out = held.map((choice) => withChoices(chunk, [choice]))
      if (passed.length > 0) out.push({ ...chunk, choices: passed })
      else if (chunk.usage) out.push({ ...chunk, choices: [] })
      return out
    },
    end() {
      if (isBlocked() || !last) return []
      const held: ChatChunkChoice[] = []
      for (const index of choices.keys()) {
        held.push(...flush(index).map((delta) => ({ index, delta, finish_reason: null })))
      }
      const template = last
      return isBlocked() ? [] : held.map((choice) => withChoices(template, [choice]))
    },
  }
}

/** Without the answer so far, which Perplexity says beside each piece: it is what the gates are there to hold back. */
function withoutMessage(choice: ChatChunkChoice): ChatChunkChoice {
  if (!('message' in choice)) return choice
  const { message: _, ...piece } = choice
  return piece
}

/** A chunk like `chunk` with other choices, and without its usage, which must not be counted twice. */
function withChoices(chunk: ChatChunk, choices: ChatChunkChoice[]): ChatChunk {
  const { usage, ...rest } = chunk
  return usage === null ? { ...rest, choices, usage } : { ...rest, choices }
}

function addCall(delta: ChatDelta, call: ToolCallDelta): void {
  ;(delta.tool_calls ??= []).push(call)
}

function addDetail(delta: ChatDelta, detail: object): void {
  const before = delta['reasoning_details']
  delta['reasoning_details'] = [...(Array.isArray(before) ? before : []), detail]
}

/** Where the gates of a content in parts are kept. */
type PartPath = 'content' | 'content.thinking'

function partOf(path: PartPath, text: string): ContentPart {
  const part = { type: 'text', text }
  return path === 'content' ? part : { type: 'thinking', thinking: [part] }
}

function addPart(delta: ChatDelta, part: ContentPart): void {
  const { content }: { content?: unknown } = delta
  const before = Array.isArray(content) ? content : content ? [partOf('content', String(content))] : []
  Object.assign(delta, { content: [...before, part] })
}

/** True when nothing of a delta is worth a chunk: no role, no text, no new tool call. */
function isEmpty(value: unknown): boolean {
  if (value === '' || value === null || value === undefined) return true
  if (Array.isArray(value)) return value.every(isEmpty)
  if (!isObject(value)) return false
  // The index of a tool call alone says nothing, and the type of a part neither.
  return Object.entries(value).every(
    ([key, field]) => key === 'index' || (key === 'type' && isTextPart(value)) || isEmpty(field),
  )
}

function isTextPart({ type, text, thinking }: Record<string, unknown>): boolean {
  return (type === 'text' && text !== undefined) || (type === 'thinking' && thinking !== undefined)
}
