import { describe, expect, test } from 'vitest'

import { expectRuleLaws, found } from './__fixtures__/rule-laws.ts'
import { assignmentRule } from './assignment.ts'
import { ibanRule } from './iban.ts'
import { ipRule } from './ip.ts'
import type { GuardrailRule } from './rule.ts'
import { ssnRule } from './ssn.ts'
import { urlCredentialsRule } from './url-credentials.ts'

const random = `Zq7${'Lm2Xv9Kd4Rt8'}Bn3W`

const rules: { rule: GuardrailRule; finds: [string, string][]; leaves: string[] }[] = [
  {
    rule: ssnRule(),
    finds: [
      ['SSN 219-09-9998.', '219-09-9998'],
      ['ssn: 219 09 9998', '219 09 9998'],
      ['\\n219-09-9998', '219-09-9998'],
    ],
    leaves: [
      '666-12-3456',
      '000-12-3456',
      '219-00-9998',
      '1219-09-9998',
      '219-09-99981',
      '219-09-9998-1',
      '219-09 9998',
    ],
  },
  {
    rule: ibanRule(),
    finds: [
      ['to DE89 3704 0044 0532 0130 00 today', 'DE89 3704 0044 0532 0130 00'],
      ['gb82west12345698765432', 'gb82west12345698765432'],
      ['NO9386011117947,', 'NO9386011117947'],
    ],
    leaves: [
      'DE88 3704 0044 0532 0130 00',
      'ZZ89370400440532013000',
      'DE893704004405320130001',
      'XDE89370400440532013000',
    ],
  },
  {
    rule: ipRule(),
    finds: [
      ['from 203.0.113.77.', '203.0.113.77'],
      ['203.0.113.77:8080', '203.0.113.77'],
      ['at 2001:db8::8a2e:370:7334, then', '2001:db8::8a2e:370:7334'],
      ['fe80::1.', 'fe80::1'],
    ],
    leaves: [
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      'v1.2.3.4',
      '10:15:30',
      'std::vector',
      'a::b',
      '00:1b:44:11:3a:b7',
    ],
  },
  {
    rule: urlCredentialsRule(),
    finds: [
      ['clone https://lena:s3same-0pen@git.example/shop.git', 'lena:s3same-0pen'],
      ['redis://:s3same@cache.example:6379', ':s3same'],
    ],
    // oxlint-disable-next-line no-template-curly-in-string -- a shell's template, as text
    leaves: [
      'https://lena@git.example',
      'https://git.example:8080/a@b',
      'postgres://${USER}:${PASS}@db.example',
    ],
  },
  {
    rule: assignmentRule(),
    finds: [
      [`export DB_PASSWORD="${random}"`, random],
      [`"api_key": "${random}",`, random],
      [`var clientSecret string = "${random}"`, random],
      [`Authorization: Bearer ${random}`, random],
      [`set("TOKEN", "${random}")`, random],
    ],
    leaves: [
      'password = "changeme"',
      'api_key = os.environ["API_KEY"]',
      'secret_name: projects/shop/secrets/database-password',
      'The token count is 1024.',
      'keyword: optimisation',
      'const token = createToken2(user)',
    ],
  },
]

describe.each(rules)('$rule.id', ({ rule, finds, leaves }) => {
  test.each(finds)('%s', (text, value) => {
    expect(found(rule, text)).toEqual([value])
  })

  test.each(leaves)('nothing in %s', (text) => {
    expect(found(rule, text)).toEqual([])
  })

  test('keeps the laws that streams rely on', () => {
    expectRuleLaws(rule)
  })
})
