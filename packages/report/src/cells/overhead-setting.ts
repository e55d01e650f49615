import type { OverheadSetting } from '../overhead-setting.ts'

/** The rows of one setting as text, the heading first. */
export function settingCells({ rows }: OverheadSetting): string[][] {
  return [
    ['row', 'CPU us per call', 'against', 'ratio', 'added us', ''],
    ...rows.map(({ name, baseline, cpuUsPerCall, ratio, addedUs, noDifferenceShown }) => [
      name,
      cpuUsPerCall.toFixed(0),
      name === baseline ? '' : baseline,
      ratio ? `${ratio.ratio.toFixed(2)} [${ratio.low.toFixed(2)}, ${ratio.high.toFixed(2)}]` : 'baseline',
      addedUs
        ? `${addedUs.difference.toFixed(0)} [${addedUs.low.toFixed(0)}, ${addedUs.high.toFixed(0)}]`
        : '',
      ratio && noDifferenceShown ? 'no difference shown' : '',
    ]),
  ]
}
