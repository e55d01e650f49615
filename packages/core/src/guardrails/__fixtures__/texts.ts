import * as fc from 'fast-check'

/** Values that rules find, whole; every one is made up or from a vendor's own documentation. */
export const VALUES = [
  'ann.lee+news@mail.example.org',
  'a\u200bnn＠exam\u00adple.org',
  '４１１１ １１１１\u200b １１１１ １１１１',
  'jörg@müller.example',
  `${'a'.repeat(80)}@example.com`,
  '4111111111111111',
  '4111 1111 1111 1111',
  '3782-822463-10005',
  '6304000000000000000',
  '+44 20 7946 0958',
  '(212) 555-0147',
  '1-212-555-0147 ext. 12',
  '020 7946 0958',
  'phone: 5550147',
  `sk-proj-${'aB3_'.repeat(12)}`,
  `ghp_${'a1B2'.repeat(9)}`,
  '219-09-9998',
  'DE89 3704 0044 0532 0130 00',
  '203.0.113.77',
  '2001:db8::8a2e:370:7334',
  'AKIAIOSFODNN7EXAMPLE',
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${'s1G-'.repeat(8)}`,
  `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${'MIIEpAIB'.repeat(8)}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN PRIVATE KEY-----\\n${'MIIEpAIB'.repeat(8)}\\n-----END PRIVATE KEY-----`,
] as const

const NOISE = [
  ' ',
  ' ',
  ', ',
  '. ',
  '\n',
  '\\n',
  '"',
  '{"a":',
  '}',
  ':',
  '-',
  '--',
  '-----',
  '-----BEGIN ',
  '@',
  '+',
  '(',
  '\\',
  '\\u00e9',
  'é',
  '漢字',
  '😀',
  '\ud83d',
  '\ude00',
  'the quick brown fox',
  'hello',
  'x',
  'ext',
  'sk',
  'sk-',
  'eyJ',
  'gh',
  'AK',
  '12',
  '2023',
  '4111',
  '1111',
  '192.168.10.250',
  '2023-11-24T10:00:00Z',
  'v1.2.3',
  'call me at ',
  ' office',
  '-Fax',
  ' mobile, ',
  '97 111421 office',
  '5550147 - (Fax)',
  'https://lena:s3same-0pen@git.example/',
  `api_key = "Zq7${'Lm2Xv9Kd4Rt8'}Bn3W"`,
  'n',
  'PRIVATE KEY-----',
  'example.com',
  '.com',
  'a@b',
  '0',
  '=',
  '/',
  // Disguises: nothing to see, other widths, letters of mathematics, look-alikes, marks and tags.
  '\u200b',
  '\u200b',
  '\ufe0f',
  '４１１１',
  '＠',
  '𝐚𝐛',
  'а',
  'e\u0301',
  '\u{e0061}',
  '…',
  'ﬃ',
]

/** Texts made of findings, cut-off findings and everything that could stand around them. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...NOISE) },
      { weight: 2, arbitrary: fc.constantFrom(...VALUES) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom(...VALUES), fc.nat(60), fc.nat(60))
          .map(([value, start, length]) => value.slice(start % value.length).slice(0, length)),
      },
    ),
    { maxLength: 14 },
  )
  .map((pieces) => pieces.join(''))

/** A text with a way to cut it, at any UTF-16 unit, surrogate pairs included. */
export const cutText: fc.Arbitrary<{ text: string; pieces: string[] }> = hostileText.chain((text) =>
  fc
    .oneof(
      fc.constant(Array.from({ length: text.length }, (_unit, index) => index)),
      fc.array(fc.nat(Math.max(0, text.length)), { maxLength: 12 }),
    )
    .map((cuts) => {
      const sorted = [...new Set([0, ...cuts, text.length])].sort((one, other) => one - other)
      return { text, pieces: sorted.slice(1).map((end, index) => text.slice(sorted[index], end)) }
    }),
)
