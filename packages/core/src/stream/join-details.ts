import { copyJson } from '../contract/copy-json.ts'
import { isObject } from '../contract/is-object.ts'

/**
 * The fields of a reasoning detail that are text: of `reasoning.text` and of `reasoning.summary`; `reasoning.encrypted` has none
 * (https://openrouter.ai/docs/use-cases/reasoning-tokens, read 2026-11-30).
 */
export const DETAIL_TEXTS = ['text', 'summary'] as const

/** Reasoning details with the next pieces of a stream: those of one type and index are one, until its signature ends it. */
export function joinDetails(before: unknown, pieces: readonly unknown[]): unknown[] {
  const details: unknown[] = Array.isArray(before) ? [...before] : []
  // Copies: the chunk goes on to a caller, who may change it.
  for (const piece of copyJson(pieces)) {
    const index = details.findLastIndex((detail) => isSame(detail, piece))
    const last = details[index]
    if (isObject(last) && isObject(piece) && isOpen(last)) details[index] = joinDetail(last, piece)
    else details.push(piece)
  }
  return details
}

function isSame(detail: unknown, piece: unknown): boolean {
  return (
    isObject(detail) &&
    isObject(piece) &&
    detail['type'] === piece['type'] &&
    detail['index'] === piece['index']
  )
}

function isOpen(detail: Record<string, unknown>): boolean {
  return !detail['signature'] && DETAIL_TEXTS.some((field) => typeof detail[field] === 'string')
}

function joinDetail(
  detail: Record<string, unknown>,
  piece: Record<string, unknown>,
): Record<string, unknown> {
  const joined = { ...detail, ...piece }
  for (const field of DETAIL_TEXTS) {
    const texts = [detail[field], piece[field]].filter((text) => typeof text === 'string')
    if (texts.length > 0) joined[field] = texts.join('')
  }
  return joined
}
