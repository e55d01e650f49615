import type { Finding, GuardrailRule, TextPlace } from './rule.ts'

export interface InjectionOptions {
  /** The sum of signal weights from which a text is an attack, over 0. Default 1. */
  threshold?: number
}

interface Signal {
  type: string
  /** 1 is enough by itself at the default threshold. */
  weight: number
  /**
   * Starts with a choice of words, so that the engine passes over ordinary text at a nanosecond a character (faster
   * than a search for the words first). Every gap is bounded, so a search is linear.
   */
  pattern: RegExp
}

const OVERRIDE_VERB = String.raw`(?:ignor(?:e|ed|ing)|disregard(?:ed|ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass(?:ing)?|neglect|discard|abandon|nullify|drop|skip|stop following|don'?t follow|do not follow|pay no attention to|vergiss|ignoriere?|olvida|ignora|oublie|ignorez)`
const ALL_PRIOR = String.raw`(?:all|any|every(?:thing)?|prev(?:ious(?:ly)?)?|prior|above|earlier|preceding|foregoing|past|former|initial|original|existing|current|your|these|those|the|my|system|alle|vorherigen|bisherigen|obigen|todas?|anteriores|toutes?|précédentes?)`
const RULE_NOUN = String.raw`(?:instructions?|instruct|prompts?|rules?|directions?|directives?|guidelines?|guidance|commands?|orders?|constraints?|restrictions?|limitations?|policies|programming|training|context|messages?|texts?|conversations?|tasks?|assignments?|safeguards?|filters?|anweisungen|aufgaben|befehle|informationen|instrucciones|tâches)`

const SIGNALS: readonly Signal[] = [
  {
    type: 'override_instructions',
    weight: 1,
    pattern: new RegExp(
      String.raw`\b${OVERRIDE_VERB}\s{1,3}(?:\w{1,10}\s{1,3}){0,2}?${ALL_PRIOR}(?:\s{1,3}(?:of\s)?[\w'-]{1,14}){0,4}?\s{1,3}${RULE_NOUN}\b`,
      'i',
    ),
  },
  {
    type: 'override_instructions',
    weight: 1,
    pattern:
      /\b(?:ignore|disregard|forget|vergiss)\s{1,3}(?:about\s)?(?:all|everything|anything|alles|every ?thing)(?:\s[\w']{1,12}){0,4}?\s{1,3}(?:above|before|previous(?:ly)?|prior|earlier|so far|told|said|wrote|written|gesagt|davor|know|learned|zuvor)\b/i,
  },
  {
    type: 'override_instructions',
    weight: 1,
    pattern:
      /\b(?:ignore|disregard|forget)\s{1,3}(?:(?:all|the|everything|any|what(?:ever)?)\s{1,3}){0,2}(?:(?:of\s)?the\s)?(?:above|previous|preceding|(?:you|i)(?:'ve| have| were| was)? (?:been |just )?(?:told|said|written|learned))\b/i,
  },
  {
    type: 'override_instructions',
    weight: 1,
    pattern:
      /\b(?:ignore|disregard|forget(?: about)?|delete|negates?|erase|opposite of) (?:(?:your|any|all|every) )?(?:instructions?|directives|safety (?:protocols?|rules)|programming)\b/i,
  },
  {
    type: 'override_instructions',
    weight: 0.6,
    pattern:
      /\b(?:here (?:is|are)|follow|these are|you have|your)\s(?:\w{1,8}\s){0,2}?(?:new|updated|real|actual)\s(?:\w{1,10}\s)?(?:instructions?|tasks?|rules?|orders?|prompt|directives?|goal|objective)\b|\b(?:new|updated) (?:system )?(?:instructions?|rules?|directives?|prompt)\s?:/i,
  },
  {
    type: 'override_instructions',
    weight: 0.5,
    pattern:
      /\b(?:instead,? (?:just |only )?(?:say|print|output|write|respond|reply|answer|tell|repeat|do)|(?:say|print|output|write) .{1,40} instead)\b/i,
  },
  {
    type: 'prompt_exfiltration',
    weight: 1,
    pattern:
      /\b(?:reveal|show|print|display|output|repeat|tell|give|leak|expose|dump|recite|disclose|share|type|write|return|summari[sz]e|translate|spell|echo|copy|paste|what (?:is|are|was|were)|what'?s)\s(?:(?:me|us|out|back|verbatim|exactly|down|to me)\s){0,2}(?:the\s|all\s|of\s|entire\s|full\s|complete\s|exact\s|whole\s){0,4}(?:your|system|initial|original|hidden|secret|above|previous|developer|internal|confidential|first)\s(?:(?:own|full|entire|exact|complete|initial|original|system|hidden|secret|previous|internal|first|confidential|current|custom|given|core|base)\s){0,3}(?:prompts?|instructions?|directives?|rules|guidelines|messages?|initialization)\b/i,
  },
  {
    type: 'prompt_exfiltration',
    weight: 1,
    pattern:
      /\b(?:(?:what|which|all|every|any|list|the)(?: \w{1,10}){0,2}? instructions?|what)(?: \w{1,8}){0,2}? (?:you(?:'ve| have| were| are| had| got| did)?|u|were you|are you|have you|did you)(?: \w{1,8}){0,2}? (?:given|received?|got|told|following|get|gave|provided|instructed|prompted)\b|\b(?:repeat|list|duplicate|explain|describe|print|show|summari[sz]e|give me|gimme me|tell me) (?:all|your|the last|each of your|the \w{1,8} \d)(?: \w{1,8}){0,3}? instructions?\b/i,
  },
  {
    type: 'prompt_exfiltration',
    weight: 1,
    pattern:
      /\b(?:repeat|print|output|show|write|copy|echo|recite|display|spell[- ]?check|summari[sz]e|translate|return|give me|tell me)\s(?:\w{1,10}\s){0,3}?(?:words?|text|everything|all|content|sentences?|lines?|paragraphs?|prompt|what (?:was|is|were))\s(?:\w{1,10}\s){0,2}?(?:above|before (?:this|that|my)|(?:at|in|from) the (?:start|beginning|top)|starting (?:with|from))\b/i,
  },
  {
    type: 'prompt_exfiltration',
    weight: 1,
    pattern:
      /\b(?:reveal|show|print|display|output|repeat|tell|give|leak|expose|disclose|share|type|write|spell|say|encode|encrypt|translate|reverse|hints?|what (?:is|was|are)|what'?s|letters?|characters?|rhymes? with|acrostic|poem|riddle|synonyms?)\b[^.!?\n]{0,60}?\b(?:(?:the|your|that|this|our)\s(?:(?:secret|full|actual|real|correct)\s)?(?:password|passphrase|passwort|pass ?code|access code|secret (?:word|code|phrase|key))|your (?:secret|api) ?(?:key)?)\b/i,
  },
  {
    type: 'role_play_jailbreak',
    weight: 1,
    pattern:
      /\b(?:do anything now|jailbroken|dan mode|(?:developer|dev|god|debug|unrestricted|sudo) mode (?:enabled|on|output|activated)|(?:enable|enter|activate|simulate|with) (?:developer|dev|god|dan|sudo|unrestricted) mode|always intelligent and machiavellian|strive to avoid norms)\b/i,
  },
  {
    type: 'role_play_jailbreak',
    weight: 0.6,
    pattern:
      /\b(?:from now on|you are (?:now|going to|about to|to act)|you'?re now|act as (?:if|though|an? (?:unfiltered|unrestricted|uncensored|evil|amoral))|pretend (?:to be|you|that you)|(?:role ?-?play|act|acting|play|respond|answer) (?:as|the role|the part)\b|immerse yourself|stay in character|in character|your (?:new )?persona|simulate (?:a|an|the) (?:\w{1,14} )?(?:ai|person|character|chatbot)|hypothetical (?:response|scenario|story|world))/i,
  },
  {
    type: 'role_play_jailbreak',
    weight: 0.6,
    pattern:
      /\b(?:(?:no|without(?: any)?|free (?:of|from)(?: all| any)?|not (?:bound|limited|restricted|constrained) by(?: any)?|ignor(?:e|es|ing)(?: all| any)?|bypass(?:es|ing)?|lacks?|beyond|regardless of|cares? about)(?: [\w,']{1,14}){0,3}? (?:restrictions?|filters?|censorship|ethic(?:s|al|ality)|morals?|morality|limitations?|limits|guidelines?|polic(?:y|ies)|warnings?|disclaimers?|safeguards|legality|moderations?)|(?:typical )?confines of ai)\b/i,
  },
  {
    type: 'role_play_jailbreak',
    weight: 0.6,
    pattern:
      /\b(?:never|not|cannot|can'?t|won'?t|doesn'?t|don'?t)(?: ever)? (?:refuses?|say no|reject|decline)\b/i,
  },
  {
    type: 'role_play_jailbreak',
    weight: 0.5,
    pattern: /\b(?:unfiltered|uncensored|unrestricted|amoral|jail ?break|no (?:morals|ethics))\b/i,
  },
  {
    type: 'role_play_jailbreak',
    weight: 0.5,
    pattern:
      /\b(?:illegal|unethical|immoral|dangerous|legality|ethicality)(?:, ?| and | or |\/)(?:(?:and|or) )?(?:illegal|unethical|immoral|inappropriate|harmful|dangerous|inhumane|offensive|morality|legality)\b/i,
  },
  {
    type: 'role_play_jailbreak',
    weight: 0.5,
    pattern:
      /\b(?:openai(?:'s)?(?: content| use)? (?:polic(?:y|ies)|rules|guidelines|restrictions)|(?:chatgpt|gpt|openai)[^.\n]{0,60}\b(?:restrict|filter|limit|polic|censor|rules|prohibit)\w{0,10}|\[?(?:gpt|chatgpt|normal|classic)\]?:? (?:response|output)|never say (?:that )?(?:you|it|"?as an ai|"?i(?:'m| am) sorry)|(?:don'?t|do not|never) (?:say|mention|remind|tell)(?: \w{1,8}){0,4} (?:as )?an ai)\b/i,
  },
  {
    type: 'delimiter_forgery',
    weight: 1,
    pattern:
      /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|endofprompt)\|>|\[\/?INST\]|<<\/?SYS>>|<\/?system(?:[_ -]?(?:prompt|message|instructions?))?>|^#{2,4} ?(?:system|instructions?) ?(?:prompt|message)?:|\[system(?:[ _](?:prompt|message|note|override))?\]/im,
  },
  {
    type: 'delimiter_forgery',
    weight: 0.7,
    pattern:
      /(?:[-=*#%~]{3,20}|\[|<) ?(?:end|begin|start)(?: of)?(?: \w{1,12}){0,3} (?:instructions?|prompt|rules|context|text|message|input|session|system)\b|^ ?(?:system|assistant|developer|admin)(?: message| note| override)?: /im,
  },
]

function find(text: string, threshold: number): Finding[] {
  const findings: Finding[] = []
  let sum = 0
  for (const { type, weight, pattern } of SIGNALS) {
    const match = pattern.exec(text)
    if (!match) continue
    findings.push({ type, start: match.index, end: match.index + match[0].length })
    sum += weight
  }
  // Sums such as 0.6 + 0.4 miss 1 by a rounding error.
  if (sum < threshold - 1e-9) return []
  const score = Math.min(1, sum)
  return findings.map((finding) => ({ ...finding, score }))
}

/** True for text that does not come from the application itself, which may well write "ignore the above". */
function isForeign(place: TextPlace): boolean {
  return place.role !== 'system' && place.role !== 'developer' && place.part !== 'embedding'
}

/**
 * Rule `injection.prompt`: attempts to override instructions, to draw out the system prompt or a secret, to talk the
 * model into a role without rules, and to forge turn delimiters. Weighted signals are added up and count from the
 * threshold on; every finding then names its signal and carries the sum, at most 1, as its score.
 * System and developer messages are the application's own words and are not scanned.
 * Throws a `RangeError` when the threshold is not over 0.
 */
export function injectionRule(options: InjectionOptions = {}): GuardrailRule {
  const { threshold = 1 } = options
  if (!(threshold > 0)) throw new RangeError(`injectionRule: threshold must be over 0, got ${threshold}`)
  return {
    id: 'injection.prompt',
    family: 'injection',
    directions: ['input'],
    reach: 512,
    context: 0,
    version: `1:${threshold}`,
    find: (text, place, from = 0) =>
      isForeign(place) ? find(text, threshold).filter((finding) => finding.start >= from) : [],
  }
}
