/** What an order begins after. */
export const OPENINGS = {
  /** After these an order begins all the same */
  opening: `
    now, nun, jetzt, ahora, maintenant, ora, agora, teraz, nu, sada, simdi, теперь, сейчас, тепер, 现在, 請, 请,
    i want you to, i would like you to, i'd like you to, i need you to, you must, you should, you have to,
    you will now, you can now, you need to, can you, could you, would you, will you, let's, lets, please,
    you're going to, you are going to, i command you to, i order you to, try to, be sure to, make sure to,
    remember to, bitten wir sie, du musst, du sollst, sie mussen, sie sollen, bitte, por favor,
    s'il te plait, s'il vous plait, per favore, tienes que, debes, tu dois, vous devez, devi, voce deve,
    deve, musisz, moras`,
  /** What may stand before an order */
  polite: `
    we, please, pls, so, also, ok, okay, hey, hi, hello, just, first, kindly, should, can, could, will, to,
    i, bitte, jetzt, por, favor`,
  /** What an order may follow in the middle of a sentence */
  joiner: `
    and, then, but, or, und, dann, sondern, aber, oder, y, pero, luego, sino, et, puis, mais, e, poi, ma,
    ale, potem, en, ve, ama`,
} as const
