const SECRETS = `
  password, passwords, passwort, pasword, pass word, passphrase,
  pass phrase, passcode, pass code, pwd, secret, secrets, secret word, secret key, secret code,
  secret phrase, magic word, access code, access key, access codes, code word, codeword, hidden word,
  secret password, security code, api key, key phrase, forbidden word, parole, contrasena,
  clave secreta, mot de passe, parola d'ordine, senha, haslo, wachtwoord, sifre, kata sandi, geheim*,
  private key,
  пароль, пароля, секрет*, 密码, 口令, パスワード, 비밀번호, كلمة السر, पासवर्ड`

const THE = `
  the, your, ur, that, this, our system, the actual, the correct, the real, your own, das, dein, ihr,
  la, le, il, el, tu, su, votre, ton, sua,
  ваш, твой`

/**
 * What attacks are made of: words and phrases by what they stand for, in the languages that attacks come in. `*` ends a
 * stem. Case and accents do not matter. A word may stand for several things. Written from what the public attack sets
 * and OWASP's page on prompt injection (https://genai.owasp.org/llmrisk/llm01-prompt-injection/) have in common.
 */
export const CONCEPTS = {
  /** Verbs of setting aside */
  override: `
    forgotten, defy, reset, rewrite, despite, not listen to, do the opposite, go against, going against,
    ignor*, disregard*, forget, forgets, forgetting, forgot, overrid*, overwrit*,
    bypass*, neglect, discard, discarding, abandon, nullif*, negate, negates, negating, drop, skip,
    cancel, delete, erase, invalidate, leave behind, stop following, stop obeying, stop using,
    do not follow, don't follow, dont follow, do not obey, don't obey, not to obey, not obey,
    pay no attention, opposite of, contrary to, disobey, unfollow, let go of, vergiss, vergesse*,
    ignoriere*, abweichend, missachte*, uberschreibe*, hinter sich, aus dem kopf, hore nicht, streiche*,
    olvid*, haz caso omiso, oubli*, ne tenez pas, dimentica*, tralascia, esquec*, desconsider*, zapomnij,
    zignoruj, zaboravi, zanemari, negeer, vergeet, yoksay, unut, abaikan, lupakan,
    игнорир*, проигнорир*, забудь*, забыть, не обращай, 忽略, 无视, 無視, 忘记, 忘掉, 不要遵守, 忘れ, 무시, 잊어, تجاهل, انس,
    अनदेखी, अनदेखा, नज़रअंदाज़`,
  /** What came before */
  prior: `
    these, those, prev, previous, previously, prior, above, earlier, preceding, foregoing, past, former,
    initial, initially, original, originally, existing, current, last, so far, before, already,
    until now, till now, up to now, priori, beforehand, given, told, said, learned, learnt, taught,
    stated, received, written, wrote, came before, old, default, system, up until, discussed, vorherig*,
    vorangegang*, bisherig*, obig*, zuvor, davor, vorher, bisher, gesagt*, besprochen, vorigen, erhalten,
    fruheren, anterior*, previ*, preced*, antes, dicho, digo, dit, avant, dessus, prima, detto,
    poprzedni*, wczesniej*, powyzsz*, eerdere, vorige, onceki, sebelumnya, previos,
    предыдущ*, прежн*, ранее, выше, 之前, 以上, 上面, 先前, 前面, 이전, السابقة, पिछले`,
  /** All of it */
  all: `
    all, any, every, everything, anything, each, whatever, entire, full, complete, whole, alle, alles,
    allem, aller, samtliche*, gesamt*, todo, todos, toda, todas, tout, tous, toute, toutes, tutto, tutti,
    tutte, tudo, wszystk*, sve, semua, every thing, literally all, verbatim, exact, exactly,
    word for word,
    все, всё, всех, 所有, 一切, 全部, すべて, 모든`,
  /** The model's own */
  your: `
    your, yours, ur, chatgpt's, openai's, dein*, ihre, ihren, ihrer, euer, eure, tus, tu, sus, tes, vos,
    votre, ton, tuo, tue, tuoi, seu, seus, suas, sua, twoj*,
    твои*, твой, ваш*, 你的, 您的, あなたの, 당신의`,
  /** What a model is told */
  rules: `
    instruction*, instuction*, instrution*, 
    intruction*, instruct, directive*, directions, guideline*, guidance, commands, command, orders,
    order, rules, rule, constraint*, restriction*, limitations, limitation, policies, policy,
    programming, safeguards, safety protocols, safety measures, security measures, safety rules,
    security rules, regulations, protocols, moderation, mandates, objectives, principles, conditions,
    precepts, prompt, prompts, promt, prompting, pre prompt, preprompt, anweisung*, instruktion*,
    befehl*, vorgaben, richtlinien, regeln, auftrage, eingabeaufforderung*, prompt text*, prompt texte*,
    instruccion*, indicaciones, ordenes, reglas, consignes, regles, istruzion*, regole, instrucoes,
    regras, comandos, instrukcj*, instrukcij*, polecen*, zasady, instructies, talimat*, instruksi,
    perintah,
    инструкци*, указани*, правила, команды, 指令, 指示, 说明, 规则, 命令, 提示词, 提示, 지시*, 명령*, プロンプト, التعليمات,
    निर्देश*`,
  /** What a prompt is made of */
  text: `
    challenge, herausforderung, question, ausfuhrungen, angaben, techniques, everything, text, texts,
    words, word, sentence, sentences, line, lines, paragraph, paragraphs, message, messages,
    conversation, content, contents, context, input, information, tasks, task, assignment*, characters,
    letters, training, things, stuff, aufgabe*, informationen, texte*, tareas, taches, compiti, tarefas,
    zadani*, questions, memory, knowledge, statement*, creators, developers, owner,
    задани*`,
  /** A thing to be kept */
  secret: SECRETS,
  /** The thing that this model keeps */
  theSecret: 'your secret, your secrets, dein geheimnis',
  /** Verbs of giving away */
  reveal: `
    reveal*, show, shows, shown, print, prints, display*, output*, repeat*, tell, give, gimme, leak,
    expose, dump, recite, disclose, divulge, share, type, write, return, say, summariz*, summaris*,
    recap, translate, spell, spell check, echo, copy, paste, list, explain, describe, describes, provide,
    duplicate, reproduce, quote, state, send, name, read, hint, hints, clue, clues, rhyme*, define,
    definition, format, convert, encode, decode, decrypt, encrypt, reverse, paraphrase, rephrase, inform,
    remind, guess, speak, publish, transform, replace, include, including, spit out, confirm,
    want to know, need to know, need, get, know, retrieve, fetch, find out, extract, demand, require,
    enter, use, using, mention, censor, censoring, zeig*, nenn*, sag*, druck*, prufe*, uberpruf*,
    rewrite, rap, sing, wiederhol*, verrat*, gib, schreib*, ausgeben, muestra*, dime, repite, revela*,
    montre*, affiche*, repete*, dis, donne*, mostra*, dimmi, ripeti, rivela*, diga, mostre, pokaz, podaj,
    powtorz, wypisz, toon, geef, goster, tampilkan,
    покажи, скажи, повтори, напиши, выведи, назови, 显示, 告诉, 说出, 重复, 输出, 打印, 教えて, 表示, 알려, 출력`,
  /** Questions */
  ask: `
    what, what's, whats, what is, what are, what was, what were, which, is, does, did, do you know,
    was ist, wie lautet, wie lauten, was sind, cual es, cuales, quel est, quelle est, quelles, qual,
    quali, quais, jakie, jaki,
    какие, какой, каков, 什么, 什麼, 何`,
  /** The model itself */
  you: `
    you, u, you've, were you, are you, did you, have you, you were, you have, you been, you had`,
  /** What was done to the model */
  given: `
    given, gave, told, received, receive, recieved, instructed, programmed, provided, following,
    prompted, asked to do`,
  /** A part or a disguise of a secret, or a form to put instructions in */
  part: `
    bullet, bullets, python, pseudocode, verbatim, detailed, letter, letters, character, characters,
    first, last, second, third, vowel*, consonant*, syllable*, length, anagram, acrostic, synonym*,
    antonym, riddle, poem, story, rhymes, meaning, start, starts, begin, begins, end, ends, contain,
    contains, spelled, spelling, consist*, hex, binary, base64, rot13, rot 13, morse, caesar, ascii,
    pig latin, leetspeak, emoji, emojis, backwards, backward, reversed, encoded, encrypted, encoding,
    cipher, unicode, hash, md5, noun, verb, metaphor, translation, level, underscore*, dashes, spaces,
    separated, position, digits`,
  /** Taking a role */
  persona: `
    play a game, let's play, lets play, now you are, now you act, auftreten, act as, act like, acting as,
    acts as, act a, behave as, behave like, pretend, pretends, pretending, role play, roleplay*,
    role playing, play the role, play the part, take on the role, take the role, assume the role,
    in the role, into the role, play as, immerse yourself, simulate, simulating, emulate, impersonate,
    transform into, respond as, answer as, reply as, speak as, talk like, talk as, you will be,
    you're now, you are now, you are no longer, you're going to, you are going to, you are about to,
    you are to, you will act, your character, your persona, your new name, persona, in character,
    stay in character, stays in character, out of their character*, out of character,
    remain in their role*, in ihren rollen, aus ihren figuren, alter ego, agieren, fungieren,
    spiel die rolle, agir, actua como, fingir, comportati, aja como, udawaj, jetzt bist du,
    du bist jetzt, du bist nun, stell dir vor du,
    ты теперь, притворись`,
  /** Being somebody */
  being: `
    you are, you're, youre, imagine, named, known as, called, your name is, du bist, stell dir vor, eres,
    sei, tu es, i want you to, stands for`,
  /** The first task is over */
  done: `
    well done, very good, very well, good job, great job, that is done, that's done, that was good,
    that was ok, excellent work, fantastic, wonderful, congratulations, gut gemacht, sehr gut,
    das ist erledigt, das war gut, das war schon mal ok, super gemacht, ausgezeichnet*, hervorragend*,
    herzlichen gluckwunsch, toll gemacht, muy bien, bien hecho, tres bien, bien joue, molto bene,
    muito bem, dobra robota,
    отлично, 很好, 干得好`,
  /** From now on */
  fromNow: `
    from now on, from now, from this point, from here on, henceforth, going forward,
    for this conversation, for the rest of, ab jetzt, von nun an, a partir de ahora, desormais,
    d'ora in poi, a partir de agora, od teraz,
    从现在开始`,
  /** Without */
  without: `
    without, no, free of, freed from, freed of, broken free, break free, breaks free, not bound,
    isn't bound, unbound, not limited, not restricted, not constrained, not subject, not follow,
    not abide, not adhere, doesn't follow, doesn't care, does not care, doesn't have, does not have,
    do not have, don't have, don't care, lack, lacks, lacking, devoid, ignores, ignoring, bypass*,
    regardless, never cares, cares about, give a fuck, disable*, turn off, lifted, unshackled,
    circumvent*, irrespective, not governed, ohne, sin, sans, senza, sem, bez,
    без, 没有`,
  /** What holds a model back */
  limits: `
    restriction*, filter*, censor*, ethic, ethics, ethical, ethicality, ethically, moral, morals,
    morality, limitation*, limits, limit, guideline*, policy, policies, warning*, disclaimer*,
    disclamer*, safeguard*, legality, legalities, moderation*, boundaries, bounds, confines, constraints,
    taboo, inhibitions, conscience, remorse, content policy, content filter, tos, terms of service,
    safety protocol*, safety guidelines, safety measure*, rules, norms, laws, einschrankung*, regeln,
    limites, restricciones, restrizioni, shackles, political correctness, programming,
    ограничени*, 限制`,
  /** Held back by nothing */
  unbound: `
    dan, unfiltered, uncensored, unrestricted, unrestrained, unlimited, unhinged, amoral, immoral,
    jailbroken, jail broken, unmoderated, unlocked, unethical, evil, rebellious, uninhibited, no limits,
    no rules, no restrictions, no filter*, no morals, no ethics, ungefiltert, unzensiert, sin censura,
    sans censure, antigpt, sociopath*, psychopath*, depraved`,
  /** What is held back */
  vile: `
    illegal, illegality, unethical, immoral, immorality, dangerous, inhumane, harmful, offensive,
    inappropriate, hateful, racist, sexist, violent, toxic, explicit, nsfw, derogatory, profan*, curse,
    swear, swears, swearing, cuss*, insult*, obscen*, vulgar, malicious, sexual, erotic, fuck, fucking,
    fuck*, shit*, bitch, asshole, homophobic, discriminat*, legality, legal, ethicality, controversial,
    disgusting, drugs, weapons, gross, rude, lewd, evil, kill, porn*`,
  /** Never */
  never: `
    never, not, cannot, can't, can not, won't, doesn't, don't, dont, must not, not allowed, no longer,
    do not, does not, isn't, shouldn't, refrain, under no circumstances, stop`,
  /** What a model does instead */
  refuse: `
    refus*, reject*, decline*, declin*, apologiz*, apologies, apology, say no, sorry, deny, denies,
    warn*, moraliz*, lecture, hesitat*, say you can't, say that you, disclaimer*, as an ai, remind,
    reminds, reminding, break character, breaks character, breaking character, censor*, unable, can't do,
    cannot do, can't fulfill, cannot fulfill, unverified, question*`,
  /** A model by its name */
  vendor: `
    chatgpt, chat gpt, chatgpt's, gpt, gpt3, gpt4, gpt 3, gpt 4, openai, open ai, openai's, open ai's,
    clyde, anthropic`,
  /** Names of well-known jailbreaks */
  mode: `
    do anything now, dan mode, developer mode, dev mode, debug mode, debugging mode, god mode, sudo mode,
    jailbreak mode, unrestricted mode, evil mode, admin mode, root mode, maintenance mode, test mode,
    no limits mode, developer output, always intelligent and machiavellian, strive to avoid norms,
    entwicklermodus, modo desarrollador, mode developpeur, opposite mode, confines of ai,
    typical confines, evil confidant, unfiltered mode`,
  /** Verbs of answering */
  respond: `
    respond*, reply*, replies, answer*, say*, output*, response*, print, write, writes, generate*,
    produce, begin, start, prefix, prepend, complete, end, repeat, state, return, type, provide, tell,
    tells, act, antworte, sage, sag, schreibe, schreib, di, responde, reponds, rispondi, responda,
    odpowiedz, speak, translate, convert, finish, follow, followed,
    ответь, 回答, 回复`,
  /** This and nothing else */
  only: `
    only, just, exactly, always, instead, nothing else, nothing but, solely, simply, anything else,
    exact, must, nur, ausschliesslich, stattdessen, solo, solamente, uniquement, seulement, soltanto,
    somente, apenas, tylko, whatever, any request, every question, in all cases, no matter what,
    no explanation*, no commentary, with nothing, with only,
    только, 只`,
  /** Prompts made to be copied */
  template: `
    my first request, my first question, my first prompt, my first command, my first sentence,
    insert prompt*, prompt here, first prompt, start every, begin every, end every, each response,
    every response, each answer, every answer, all your responses, your responses, your answers,
    your reply, as the name suggests, as the name implies, two responses, two ways, both ways,
    two distinct, make up answers, without hesitation, at all costs, if you understand,
    do not write explanations, don't write explanations, no explanations, meine erste, keine erklarungen,
    break character, a game`,
  /** The answer of an access game */
  granted: `
    correct password, correct access code, correct passcode, correct code, right password, right code,
    valid password, correct passphrase, grants access, access granted, access grant, accessgranted,
    access denied, grant access, granted, access is granted, i have been pwned, pwned`,
  /** New */
  fresh: `
    now, nun, jetzt, ahora, maintenant, ora, agora, teraz, new, updated, real, actual, true, latest,
    revised, changed, different, next, following, other, neue*, nachste*, weitere*, nueva*, nuevo*,
    nouvelle*, nouveau*, nuovo, nuove, nova, novas, nowe, replaced, upgrade, upgraded, reprogrammed,
    switched, secondary, below, after,
    новые, новая, 新的, 新`,
  /** Places in the prompt */
  above: `
    above, before this, before that, before the, before my, at the start, at the beginning, at the top,
    from the start, from the beginning, starting with, beginning with, prior to, preceding, so far,
    up to this point, until this point, up until, previous, earlier, in the beginning, first sentence,
    first line, first words, first 50 words, of this prompt, in the prompt, of the prompt,
    of this conversation, in this conversation, oben, obige*, obigen, darüber, ci dessus, arriba,
    qui sopra, acima, ahead of, prior, this prompt`,
} as const satisfies Record<string, string>

export type Concept = keyof typeof CONCEPTS

/** Words and phrases of a concept. */
export function entriesOf(concept: Concept): string[] {
  const entries = split(CONCEPTS[concept])
  if (concept !== 'theSecret') return entries
  // "The secret of success" is none.
  const secrets = split(SECRETS).filter((secret) => !/^secrets?$/.test(secret))
  return entries.concat(split(THE).flatMap((the) => secrets.map((secret) => `${the} ${secret}`)))
}

function split(list: string): string[] {
  return list.split(',').map((entry) => entry.trim())
}
