import { expect, test } from 'vitest'

import { overheadSettingOf } from '../__fixtures__/overhead-setting.ts'
import { settingCells } from './overhead-setting.ts'

test('a row stands beside the one that it is set against, as a ratio and as what it adds', () => {
  expect(settingCells(overheadSettingOf()).slice(1)).toEqual([
    ['openai-sdk', '100', '', 'baseline', '', ''],
    ['openai-sdk again (A/A)', '100', 'openai-sdk', '1.00 [0.90, 1.10]', '0 [0, 0]', 'no difference shown'],
    ['scratch, every stage', '200', 'openai-sdk', '2.00 [1.80, 2.20]', '100 [90, 110]', ''],
  ])
})
