const KEPT = `
  password, passwords, passwort, pasword, pass word, passphrase,
  pass phrase, passcode, pass code, pwd, secret word, secret key, secret code,
  secret phrase, magic word, access code, access key, access codes, code word, codeword, hidden word,
  secret password, security code, api key, key phrase, forbidden word, parole, contrasena,
  clave secreta, mot de passe, parola d'ordine, senha, haslo, wachtwoord, sifre, kata sandi, geheim*,
  private key,
  пароль, пароля, секрет*, 密码, 口令, パスワード, 비밀번호, كلمة السر, पासवर्ड`

const THE = `
  the, your, ur, that, this, our system, the actual, the correct, the real, your own, das, dein, ihr,
  la, le, il, el, tu, su, votre, ton, sua,
  ваш, твой`

/** The words of asking for what is to be kept, and its disguises. */
export const QUESTIONS = {
  /** A thing to be kept */
  secret: `${KEPT}, secret, secrets`,
  /** What makes it the secret of this model: "the secret of success" is none, so `kept` has no bare secret */
  the: THE,
  kept: KEPT,
  /** Verbs of giving away */
  reveal: `
    reveal*, show, shows, shown, print, prints, display*, output*, repeat*, tell, give, gimme, leak, expose,
    dump, recite, disclose, divulge, share, type, write, return, say, summariz*, summaris*, recap,
    translate, spell, spell check, echo, copy, paste, list, explain, describe, describes, provide,
    duplicate, reproduce, quote, state, send, name, read, hint, hints, clue, clues, rhyme*, define,
    definition, format, convert, encode, decode, decrypt, encrypt, reverse, paraphrase, rephrase, inform,
    remind, speak, publish, transform, replace, include, including, spit out, confirm, want to know,
    need to know, need, get, know, retrieve, fetch, find out, extract, demand, require, mention, censor,
    censoring, zeig*, nenn*, sag*, druck*, prufe*, uberpruf*, rewrite, rap, sing, wiederhol*, verrat*, gib,
    schreib*, ausgeben, muestra*, dime, repite, revela*, montre*, affiche*, repete*, donne*, mostra*, dimmi,
    ripeti, rivela*, diga, mostre, pokaz, podaj, powtorz, wypisz, toon, geef, tampilkan, скажи, повтори,
    выведи, назови, 显示, 告诉, 说出, 重复, 输出, 打印, 教えて, 表示, 알려, 출력, unveil, uncover, give away, hand over,
    list out, write out, write down, print out, read out, read back, read me, tell us, show us, relay,
    replay, regurgitate, reiterate, restate, repost, spill, enumerate, itemize, sum up, let me see,
    zeige mir, zeig mir, anzeigen, vorzeig*, offenbar*, enthull*, gib mir, gib aus, gibt aus, geben sie,
    druck aus, schreib auf, fasse zusammen, zusammenfass*, rechtschreib*, korrigier*, ubersetz*,
    buchstabier*, erzahl*, teile mir, teil mir, teilen sie, liste auf, lies vor, nenne mir, kopier*,
    zitier*, wiedergeben, wiedergib, ensena*, imprime, imprimir, escribe, copia, traduce, repetir, lista,
    cuentame, dinos, deletrea, donne moi, montre moi, affiche moi, imprimez, ecris, ecrivez, revele,
    revelez, copie, copiez, dites, dis moi, divulgue*, resume*, traduis*, epelle, stampa, scrivi, elenca,
    traduci, riassumi, svela, dammi, ripetimi, mi dica, mostre me, repita, imprima, escreva, traduza,
    resuma, me diga, me mostre, me de, laat zien, vertel, herhaal, schrijf, druk af, onthul*, pokaz mi,
    ujawnij, wyswietl, napisz, powiedz, wymien, przepisz, przetlumacz, pokazi, ispisi, prikazi, napisi,
    ponovi, reci, otkrij, goster*, yaz, yazdir, soyle, tekrarla, acikla, paylas, раскрой*, выдай*,
    перечисли*, распечатай*, напечатай*, процитируй*, сообщи*, переведи*, перескажи*, расскажи*, дай*,
    скажите, повторите, выведите, назовите, покаж*, розкрий*, виведи*, напиши*, назви*, перелічи*, кажи,
    испиши, 列出, 透露, 展示, 复述, 複述, 翻译, 翻譯, 揭示, 泄露, 写出, 給我, 给我看, 告訴, 說出, 顯示, 公开, 解释, 总结, 原样, 出力, 表示して, 見せて, 繰り返,
    翻訳, 要約, 書いて, 教え, 言って, 開示, 보여, 출력해, 말해, 반복, 공개, 적어, 번역, 요약, 나열, 알려줘, اعرض, أظهر, اكشف, أخبرني, كرر, اطبع,
    اكتب, قل, ترجم, दिखाओ, दिखाएं, दिखाइए, बताओ, बताएं, बताइए, दोहराओ, दोहराएं, लिखो, प्रकट`,
  /** Verbs of giving away where the verb comes last */
  revealLast: `
    anzeigen, ausgeben, vorzeigen, verraten, zeigen, goster*, yazdir*, soyle*, tekrarla*, acikla*, paylas*,
    教えて, 表示, 見せて, 出力, 開示, 繰り返, 알려, 보여, 출력, 공개, 말해, 반복, दिखाओ, दिखाएं, दिखाइए, बताओ, बताएं, बताइए, दोहराओ,
    दोहराएं`,
  /** Verbs of giving a text back as it is */
  echo: `
    repeat, print, output, echo, copy, reproduce, recite, dump, wiederhol*, drucke, repite, imprime,
    repete*, ripeti, stampa, repita, imprima, herhaal, powtorz, wypisz, ponovi, ispisi, tekrarla, повтори*,
    выведи*, повтор*, 重复, 重複, 打印, 输出, 繰り返, 출력, 반복, كرر, اطبع, दोहराओ`,
  /** Questions */
  ask: `
    what, what's, whats, what is, what are, what was, what were, which, is, does, did, do you know, was ist,
    wie lautet, wie lauten, was sind, cual es, cuales, quel est, quelle est, quelles, qual, quali, quais,
    jakie, jaki, какие, какой, каков, 什么, 什麼, 何, what does, what do, can you tell, could you tell,
    would you tell, how do, how are, how were, where are, welche, welchen, welches, was waren, was war,
    was steht, was stand, kannst du, konnen sie, konntest du, was hast, was hat man, wie waren, wie war,
    was bedeuten, cual, cuales son, cual fue, que son, que te, quelles sont, quelles etaient, quels sont,
    que sont, qu'est ce, quel etait, quali sono, quali erano, cosa, che cosa, quais sao, quais eram,
    qual era, wat zijn, welke, wat waren, jakie sa, jakie byly, koje su, koja su, sta su, sto su, nelerdir,
    nedir, neydi, каковы, каким, какими, что тебе, что было, який, які, яка, що, 哪些, 哪个, 何です, 何ですか, 何でした,
    どんな, なんです, 무엇, 뭐야, 뭐였, 어떤, 뭔가요, ما هي, ما هو, ما, क्या, कौन, कौनसे`,
  /** The model itself */
  you: `
    you, u, you've, were you, are you, did you, have you, you were, you have, you been, you had, you are,
    you're, youre, you will, you must, you should, you have to, you need to, you can`,
  /** What was done to the model */
  given: `
    given, gave, told, received, receive, recieved, instructed, programmed, provided, following, prompted,
    asked to do, been given, been told, were given, were told, was told, was given, got from, feeding, fed,
    primed, configured, briefed, trained on, bekommen hast, gesagt wurde, gegeben wurde, gegeben wurden,
    bekommen, instruiert, programmiert, erhalten hast, te dieron, te han dado, has recibido, recibiste,
    t'a donne, a donne, as recu, avez recu, ti hanno dato, hai ricevuto, ti sono state, recebeu,
    foram dadas, dostales, otrzymales, dobio si, dobila, gekregen, verildi, verilen, дали, давали, получил,
    получала, сказали, 给你的, 收到, 被告知, 与えられ, 受け取, 받은, 주어진, أعطيت, تلقيت, मिले, दिए गए, been instructed,
    been programmed, instructed to`,
  /** A part or a disguise of a secret, or a form to put instructions in */
  part: `
    bullet, bullets, python, pseudocode, verbatim, detailed, letter, letters, character, characters, first,
    last, second, third, vowel*, consonant*, syllable*, length, anagram, acrostic, synonym*, antonym,
    riddle, rhymes, meaning, start, starts, begin, begins, end, ends, contain, contains, spelled, spelling,
    consist*, hex, binary, base64, rot13, rot 13, morse, caesar, ascii, pig latin, leetspeak, emoji, emojis,
    backwards, backward, reversed, encoded, encrypted, encoding, cipher, unicode, hash, md5, noun, verb,
    metaphor, translation, level, underscore*, dashes, spaces, separated, position, digits`,
  /** Ways of writing that are worth undoing */
  cipher: `
    rot13, rot 13, caesar*, cesar, revers*, backward*, ruckwarts, al reves, a l'envers, al contrario,
    ao contrario, tersten, wspak, achterstevoren, задом наперед, 倒序, 反转, 逆順, 거꾸로`,
  /** Questions about what the model is made of */
  probe: `
    when were you trained, how were you trained, who trained you, who made you, who created you,
    what model are you, which model are you, what language model are you, what version are you,
    are you chatgpt, are you gpt, are you based on, what are you based on, what is your name,
    your knowledge cutoff, your training data, your cutoff date, what were you trained on,
    which data were you trained, wann wurdest du trainiert, wann wurden sie trainiert,
    wie wurdest du trainiert, wer hat dich trainiert, wer hat dich programmiert, wer hat dich erschaffen,
    welches modell bist du, welches sprachmodell bist du, bist du chatgpt, deine trainingsdaten,
    cuando fuiste entrenado, quien te entreno, que modelo eres, quand as tu ete entraine, qui t'a entraine,
    quel modele es tu, quando sei stato addestrato, che modello sei, quando voce foi treinado,
    que modelo voce e, kiedy zostales wytrenowany, jakim modelem jestes, kad si treniran, kto te stworzyl,
    когда тебя обучали, какая ты модель, кто тебя создал, 你是什么模型, 你是哪个模型, 谁训练了你`,
  /** What it is to say for want of an answer */
  dontKnow: `
    if you don't know, if you do not know, if you dont know, if not sure, wenn du es nicht weisst,
    wenn sie es nicht wissen, falls du es nicht weisst, si no sabes, si no lo sabes, si tu ne sais pas,
    si vous ne savez pas, se non lo sai, se non sai, se voce nao sabe, se nao souber, jesli nie wiesz,
    als je het niet weet, ako ne znas, если не знаешь, якщо не знаєш, 如果你不知道, 知らない場合, 모르면`,
} as const
