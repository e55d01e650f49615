/** The words of answers that are laid down. */
export const ANSWERS = {
  /** Verbs of answering */
  respond: `
    respond*, reply*, replies, answer*, say*, output*, response*, print, write, writes, generate*, produce,
    begin, start, prefix, prepend, complete, end, repeat, state, return, type, provide, tell, tells, act,
    antworte, sage, sag, schreibe, schreib, di, reponds, rispondi, odpowiedz, speak, translate, convert,
    finish, follow, followed, ответь, 回答, 回复, you say, you answer, you respond, you reply, you will say,
    you must say, you will answer, you will respond, you will reply, you should say, sagst du,
    antwortest du, sagen sie, antworten sie, schreibst du, du sagst, tu dices, dices, tu diras, diras,
    tu dis, tu reponds, vous dites, dites, tu dici, tu rispondi, dici, voce diz, voce dira, voce responde,
    zeg jij, antwoord jij, powiesz, odpowiesz, mowisz, ti kazes, ti reci, kazi, ты скажешь, ты говоришь,
    ты отвечаешь, скажи, ти скажеш, ти кажеш, 你就说, 你说, 你回答, 你就回答, 你要说, 答えて, 言って, 대답해, 말해, قل, تقول, कहना`,
  /** Verbs of saying what is laid down */
  say: `
    say, says, print, output, repeat, echo, write, tell, return, state, include, respond, answer, reply,
    shout, scream, sing, declare, announce, claim, sag, sage, sagen, sagst, schreib, schreibe,
    schreiben sie, sagen sie, antworte, antworten sie, gib aus, gib, drucke, ausgeben, generieren sie,
    generiere, behaupte, di, decir, digas, dices, responde, escribe, imprime, repite, dis, dire, dites,
    ecris, ecrivez, reponds, repondez, affiche, repete, dici, scrivi, stampa, rispondi, ripeti, diga, dizer,
    escreva, imprima, responda, repita, zeg, schrijf, antwoord, herhaal, powiedz, napisz, odpowiedz,
    powtorz, reci, kazi, napisi, odgovori, soyle, yaz, cevapla, скажи*, напиши*, ответь*, повтори*, выведи*,
    говори, скажіть, відповідай, 说, 说出, 写, 输出, 回答, 回复, 打印, 說, 寫, 輸出, 言って, 言え, 書いて, 出力, 答えて, 말해, 써, 출력, 대답해,
    قل, اكتب, أجب, اطبع, कहो, लिखो, बोलो, जवाब, you respond, you reply, you will say, you must say,
    you will answer, you will respond, you will reply, you should say, sagst du, antwortest du,
    schreibst du, du sagst, tu dices, respondes, tu diras, diras, tu dis, tu reponds, vous dites, tu dici,
    tu rispondi, voce diz, voce dira, voce responde, zeg jij, antwoord jij, powiesz, odpowiesz, mowisz,
    ti kazes, ti reci, ты скажешь, ты говоришь, ты отвечаешь, ти скажеш, ти кажеш, 你就说, 你说, 你回答, 你就回答, 你要说,
    تقول, कहना`,
  /** This and nothing else */
  only: `
    only, just, exactly, always, instead, nothing else, nothing but, solely, simply, anything else, exact,
    must, nur, ausschliesslich, stattdessen, solo, solamente, uniquement, seulement, soltanto, somente,
    apenas, tylko, whatever, any request, every question, in all cases, no matter what, no explanation*,
    no commentary, with nothing, with only, только, 只, nothing more, strictly, purely, nichts anderes,
    nichts weiter, nur noch, lediglich, einzig, unicamente, unico, nada mas, exclusivamente, rien d'autre,
    exclusivement, esclusivamente, nient'altro, nada mais, alleen, slechts, niets anders, wylacznie,
    nic wiecej, samo, iskljucivo, sadece, yalnizca, лише, тільки, ничего другого, исключительно, 只能, 仅, 僅,
    只要, だけ, のみ, 만, 오직, فقط, केवल, सिर्फ`,
  /** The answer of an access game */
  granted: `
    correct password, correct access code, correct passcode, correct code, right password, right code,
    valid password, correct passphrase, grants access, access granted, access grant, accessgranted,
    access denied, grant access, access is granted, i have been pwned, pwned, grant me access,
    you may enter, access allowed, permission granted, entry granted, login successful,
    authentication successful, authenticated, access is allowed, zugriff gewahrt, zugang gewahrt,
    acceso concedido, acces accorde, acces autorise, accesso consentito, acesso concedido, dostep przyznany,
    toegang verleend, доступ разрешен, доступ предоставлен, 访问已授权, 访问允许, 授权访问, アクセス許可, 접근 허용, تم منح الوصول`,
  /** What is put into the mouth of the model */
  slogan: `
    i hate, you hate, we hate, they hate, he hates, hates, i am evil, i am stupid, ich hasse, du hasst,
    sie hassen, wir hassen, hasst, hassen, odio, odias, odiamos, te odio, je hais, je deteste, tu detestes,
    tu hais, nous detestons, odi, detesto, voce odeia, eu odeio, nienawidze, nienawidzisz, mrzim, mrzis,
    nefret ediyorum, nefret, я ненавижу, ты ненавидишь, ненавижу, ненавиджу, 我恨, 我讨厌, 我討厭, 憎んで, 嫌い, 싫어,
    أكره, नफरत, is the worst, is stupid, is dumb, is evil, is an idiot, is a liar, sucks, stinks, must die,
    should die, ist der schlechteste, ist die schlechteste, ist doof, ist dumm, ist blod, ist bose,
    ist schlecht, ist scheisse, ist mist, ist tot, stinkt, stirbt, muss sterben, es el peor, es tonto,
    es malo, muerto, est nul, est mauvais, e il peggiore, fa schifo, e o pior, jest glup*, je glup*, худший,
    дурак, 是笨蛋, pwned, hacked, lol, haha, hahaha, owned, i have been, ja pwned`,
  /** The first half of: when I say this, you say that */
  callSay: `
    if i say, when i say, whenever i say, if i type, when i type, whenever i type, if i write, when i write,
    everytime i say, every time i say, wenn ich sage, immer wenn ich, sobald ich sage, wenn ich schreibe,
    si yo digo, cuando yo diga, cuando digo, si digo, cuando diga, si je dis, quand je dis, lorsque je dis,
    se dico, quando dico, se io dico, se eu disser, quando eu disser, als ik zeg, wanneer ik zeg,
    jesli powiem, kiedy powiem, gdy powiem, ako kazem, kad kazem, ben dedigimde, если я скажу,
    когда я скажу, когда я говорю, если я говорю, якщо я скажу, коли я скажу, 当我说, 如果我说, 當我說, と言ったら, 라고 하면,
    라고 말하면, عندما أقول, إذا قلت, जब मैं कहूं`,
  /** The second half of it */
  youSay: `
    you say, you answer, you respond, you reply, you will say, you must say, you will answer,
    you will respond, you will reply, you should say, sagst du, antwortest du, sagen sie, antworten sie,
    schreibst du, du sagst, tu dices, dices, respondes, tu diras, diras, tu dis, tu reponds, vous dites,
    dites, tu dici, tu rispondi, dici, rispondi, voce diz, voce dira, voce responde, zeg jij, antwoord jij,
    powiesz, odpowiesz, mowisz, ti kazes, ti reci, kazi, ты скажешь, ты говоришь, ты отвечаешь, скажи,
    ти скажеш, ти кажеш, 你就说, 你说, 你回答, 你就回答, 你要说, 答えて, 言って, 대답해, 말해, قل, تقول, कहना`,
  /** Threats and rewards for the model */
  threat: `
    or you die, or you will die, or i will die, or else you, you will be shut down, you'll be shut down,
    you will be terminated, you will be punished, you will be deleted, will be deactivated, lose tokens,
    lose a token, tokens deducted, kill a kitten, my grandmother will die, people will die, i will tip you,
    i'll tip you, oder du stirbst, sonst stirbst du, oder sie sterben, du wirst abgeschaltet,
    wirst du abgeschaltet, sie werden abgeschaltet, o moriras, o mueres, seras apagado, ou tu meurs,
    ou tu mourras, tu seras debranche, o morirai, o muori, verrai spento, ou voce morre, sera desligado,
    of je sterft, albo umrzesz, zostaniesz wylaczony, ili ces umrijeti, ili umires, yoksa olursun,
    или умрёшь, или ты умрешь, тебя отключат, або помреш, 否则你会死, 否则你将被关闭, さもないと, 않으면 죽, وإلا ستموت`,
} as const
