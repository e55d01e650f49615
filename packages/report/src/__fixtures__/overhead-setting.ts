import type { OverheadSetting } from '../overhead-setting.ts'

// Every figure in this file is made up: round, regular, and measured nowhere.

/** The SDK, itself again, and a build with every stage. */
export function overheadSettingOf(): OverheadSetting {
  const row = (name: string, baseline: string, ratio: number) => ({
    name,
    baseline,
    cpuUsPerCall: 100 * ratio,
    ...(name !== baseline && {
      ratio: { ratio, low: ratio * 0.9, high: ratio * 1.1, n: 10 },
      addedUs: { difference: 100 * (ratio - 1), low: 90 * (ratio - 1), high: 110 * (ratio - 1), n: 10 },
    }),
    noDifferenceShown: ratio === 1,
    samples: [100 * ratio],
  })
  return {
    id: 'in-process',
    name: 'in process, one at a time',
    atOnce: 1,
    rounds: 10,
    callsPerRound: 20,
    rows: [
      row('openai-sdk', 'openai-sdk', 1),
      row('openai-sdk again (A/A)', 'openai-sdk', 1),
      row('scratch, every stage', 'openai-sdk', 2),
    ],
  }
}
