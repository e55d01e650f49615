import { cancel, confirm, intro, isCancel, multiselect, outro, select, text } from '@clack/prompts'
import {
  families,
  familyMeanings,
  presetMeanings,
  presetNames,
  presets,
  type Answers,
  type Constraints,
} from '@plumbline/decide'

import { UsageError } from '../usage-error.ts'

const importance = [
  { value: 0, label: 'does not matter' },
  { value: 1, label: 'matters' },
  { value: 2, label: 'matters a lot' },
  { value: 4, label: 'decides' },
]

const constraintQuestions = [
  { value: 'maxBundleGzipKb', label: 'a largest bundle, in kB compressed' },
  { value: 'maxPackages', label: 'a largest number of packages' },
  { value: 'maxInstallMb', label: 'a largest size on disk, in MB' },
] as const

/** Asks on the terminal. Throws `UsageError` when the questions are left with Ctrl-C. */
export async function askForAnswers(): Promise<Answers> {
  intro(
    'Framework or from scratch? A preset, or five weights and your hard limits; --preset and --answers ask nothing.',
  )
  const preset = answered(
    await select({
      message: 'Which of these is most like your team?',
      options: [
        { value: undefined, label: 'none: weigh it yourself' },
        ...presetNames.map((value) => ({ value, label: value, hint: presetMeanings[value] })),
      ],
    }),
  )
  if (preset !== undefined) {
    outro(`As plumbline decide --preset ${preset}`)
    return presets[preset]
  }
  const weights = { effort: 1, capability: 1, control: 1, footprint: 1, churn: 1 }
  for (const family of families) {
    weights[family] = answered(
      await select({
        message: `${family}: ${familyMeanings[family]}`,
        options: importance,
        initialValue: 1,
      }),
    )
  }
  if (families.every((family) => weights[family] === 0)) {
    throw new UsageError('At least one of the five has to matter.')
  }
  const constraints = answered(await confirm({ message: 'Is there a hard limit?', initialValue: false }))
    ? await askForConstraints()
    : {}
  outro('Weighing.')
  return { weights, constraints }
}

async function askForConstraints(): Promise<Constraints> {
  const chosen = answered(
    await multiselect({ message: 'Which?', options: [...constraintQuestions], required: true }),
  )
  const constraints: Constraints = {}
  for (const { value, label } of constraintQuestions) {
    if (!chosen.includes(value)) continue
    const limit = await text({
      message: label,
      validate: (typed = '') => (Number(typed) > 0 ? undefined : 'A number over 0.'),
    })
    constraints[value] = Number(answered(limit))
  }
  return constraints
}

function answered<T>(value: T): Exclude<T, symbol> {
  // A symbol is how the library says that the question was left.
  if (!isCancel(value)) return value as Exclude<T, symbol>
  cancel('Nothing was decided.')
  throw new UsageError('The questions were left.')
}
