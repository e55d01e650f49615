import type { ChatResponse } from '../contract/wire.ts'
import { mapResponseTexts } from './guard-messages.ts'
import { createChunkGate, type ChunkGate } from './chunk-gate.ts'
import type { TextGate } from './text-gate.ts'

/** Puts back into one caller's answer what redaction took out of its request. Belongs to that caller alone. */
export interface Restorer {
  /** The answer with the values; the same object when none stands in it. Never changes `response`. */
  restoreResponse(response: ChatResponse): ChatResponse
  /** A gate at the start of a streamed answer: it holds back what may be the beginning of a placeholder. */
  openStream(): ChunkGate
}

/** A restorer of these values by placeholder. In tool-call arguments, which are JSON, they are written as JSON writes strings. */
export function createRestorer(originals: ReadonlyMap<string, string>): Restorer {
  const placeholders = [...originals.keys()]
  const pattern = new RegExp(
    placeholders.map((text) => text.replace(/[^\w]/g, String.raw`\$&`)).join('|'),
    'g',
  )
  const longest = Math.max(...placeholders.map(({ length }) => length))

  function restore(text: string, json: boolean): string {
    return text.replace(pattern, (placeholder) => {
      const value = originals.get(placeholder) ?? placeholder
      return json ? JSON.stringify(value).slice(1, -1) : value
    })
  }

  function createGate(json: boolean): TextGate {
    let held = ''
    return {
      push(text) {
        const known = held + text
        const open = openPlaceholder(known)
        held = known.slice(open)
        return restore(known.slice(0, open), json)
      },
      end(text = '') {
        const rest = restore(held + text, json)
        held = ''
        return rest
      },
    }
  }

  /** Where the longest end of the text begins that a placeholder could go on from. */
  function openPlaceholder(text: string): number {
    for (let start = Math.max(0, text.length - longest + 1); start < text.length; start++) {
      const end = text.slice(start)
      if (placeholders.some((placeholder) => placeholder.startsWith(end))) return start
    }
    return text.length
  }

  return {
    restoreResponse: (response) =>
      mapResponseTexts(response, (text, { json }) => restore(text, json), { keepsSound: true }),
    openStream: () => createChunkGate({ openText: ({ json }) => createGate(json) }),
  }
}
