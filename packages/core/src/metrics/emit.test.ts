import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { makeCall } from './__fixtures__/calls.ts'
import { MetricsCollector } from './collector.ts'
import { createEmitter } from './emit.ts'

const createLogger = () => ({ info: vi.fn<() => void>(), warn: vi.fn<() => void>() })

describe('createEmitter', () => {
  test('a call is counted once and logged as one llm_call event', () => {
    const metrics = new MetricsCollector()
    const logger = createLogger()
    createEmitter({ metrics, logger }).emit(makeCall({ promptVersion: 'v2', endpoint: '/answer' }))
    expect(metrics.summary().totalCalls).toBe(1)
    expect(logger.info).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        event: 'llm_call',
        model: 'gpt-4o',
        input_tokens: 10,
        output_tokens: 5,
        latency_ms: 100,
        cost_usd: 0.000075,
        prompt_version: 'v2',
        endpoint: '/answer',
        tenant: 'default',
        success: true,
        outcome: 'success',
        cache_status: 'miss',
        error_code: null,
        attempts: 1,
      }),
      'llm_call',
    )
    expect(logger.warn).not.toHaveBeenCalled()
  })

  test('an unknown model is warned of once', () => {
    const logger = createLogger()
    const emitter = createEmitter({ metrics: new MetricsCollector(), logger })
    for (const model of ['a', 'a', 'b', 'a']) emitter.emit(makeCall({ model, priceSource: 'fallback' }))
    expect(logger.warn).toHaveBeenCalledTimes(2)
  })

  test('ten thousand unknown models give a bounded number of warnings', () => {
    const logger = createLogger()
    const emitter = createEmitter({ metrics: new MetricsCollector(), logger })
    for (let i = 0; i < 10_000; i++) emitter.emit(makeCall({ model: `m${i}`, priceSource: 'fallback' }))
    expect(logger.warn).toHaveBeenCalledTimes(1000)
  })

  test('a throwing logger fails nothing and is counted', () => {
    const metrics = new MetricsCollector()
    const logger = createLogger()
    logger.info.mockImplementation(() => {
      throw new Error('disk full')
    })
    createEmitter({ metrics, logger }).emit(makeCall())
    expect(metrics.summary()).toMatchObject({ totalCalls: 1, losses: { logger: 1 } })
  })

  test('a logger whose promise rejects fails nothing and is counted', async () => {
    const metrics = new MetricsCollector()
    const logger = createLogger()
    // A function that returns a promise is a `() => void` to the compiler; the mock's type is stricter than that.
    logger.info.mockReturnValue(Promise.reject(new Error('connection lost')) as never)
    createEmitter({ metrics, logger }).emit(makeCall())
    await Promise.resolve()
    expect(metrics.summary().losses).toEqual({ logger: 1 })
  })

  test('a promise of another realm is a promise too', async () => {
    const metrics = new MetricsCollector()
    const logger = createLogger()
    const rejected: unknown = runInNewContext('Promise.reject(new Error("connection lost"))')
    logger.info.mockReturnValue(rejected as never)
    createEmitter({ metrics, logger }).emit(makeCall())
    await Promise.resolve()
    expect(metrics.summary().losses).toEqual({ logger: 1 })
  })

  test('a throwing collector fails nothing, is counted, and the event is still logged', () => {
    const metrics = new MetricsCollector()
    metrics.record = () => {
      throw new Error('broken')
    }
    const logger = createLogger()
    createEmitter({ metrics, logger }).emit(makeCall())
    expect(metrics.summary().losses).toEqual({ metrics: 1 })
    expect(logger.info).toHaveBeenCalledOnce()

    metrics.countLoss = () => {
      throw new Error('broken too')
    }
    expect(() => createEmitter({ metrics }).emit(makeCall())).not.toThrow()
  })
})
