import { describe, expect, test } from 'vitest'
import { formatUsd, nanoUsdPerToken, nanoUsdToUsd } from './money.ts'

describe('money', () => {
  test('a billion nano-dollars are one dollar', () => {
    expect(nanoUsdToUsd(1_250_000_000)).toBe(1.25)
  })

  test('small sums are shown with six decimals and large ones with two', () => {
    expect(formatUsd(150_000)).toBe('$0.000150')
    expect(formatUsd(1_250_000_000)).toBe('$1.25')
    expect(formatUsd(0)).toBe('$0.00')
    expect(formatUsd(-2_000_000_000)).toBe('-$2.00')
  })

  test('a price per million tokens becomes nano-dollars per token without floating-point dust', () => {
    expect(nanoUsdPerToken(2.5)).toBe(2500)
    expect(nanoUsdPerToken(0.15)).toBe(150)
    expect(nanoUsdPerToken(0.069)).toBe(69)
    expect(nanoUsdPerToken(0.0375)).toBe(37.5)
  })
})
