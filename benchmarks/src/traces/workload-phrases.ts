/** What the customers of the built-in workload's shops ask about, and what a retrieval step would find. */
export interface Topic {
  /** Ways to ask the same, the usual one first; `%` is the product. */
  questions: readonly [string, ...string[]]
  passage: string
}

export const topics: readonly Topic[] = [
  {
    questions: [
      'Where is my order of the %?',
      'When will the % I ordered arrive?',
      'Has my % been shipped yet?',
    ],
    passage:
      'Orders leave the warehouse within one working day. The carrier sends a tracking link by e-mail as soon as the parcel has been scanned. Delivery takes two to four working days inside the country and five to eight days elsewhere. A parcel that has not moved for three days is traced on request.',
  },
  {
    questions: ['How do I return the %?', 'Can I send the % back?', 'What do I do to return a %?'],
    passage:
      'Goods can be returned within thirty days of delivery, unused and in their packaging. The return label is in the account under Orders. Refunds are made to the card that was charged, five working days after the parcel has come back. Opened software and hygiene goods cannot be returned.',
  },
  {
    questions: ['Is the % in stock?', 'Do you have the % available?', 'When will you have the % again?'],
    passage:
      'The product page shows the stock of the central warehouse, refreshed every ten minutes. Goods on order show the week in which they are expected. A notice by e-mail can be asked for with the bell beside the price.',
  },
  {
    questions: [
      'What is the warranty on the %?',
      'How long is the % under guarantee?',
      'Is a broken % covered?',
    ],
    passage:
      'Every product has a legal warranty of two years. Defects in the first twelve months are taken to have been there at delivery. Wear, batteries under eighty percent after five hundred cycles and damage by water are not covered. A repair is tried first, then an exchange.',
  },
  {
    questions: [
      'My % does not turn on. What can I do?',
      'The % is dead, how do I fix it?',
      'Why is my % not starting?',
    ],
    passage:
      'Hold the power button for fifteen seconds, then charge for two hours with the cable that came with it. If the light stays dark, try another socket. If nothing helps, open a repair in the account: the label is free in the warranty period, and a loan device can be asked for.',
  },
  {
    questions: [
      'How do I cancel my order of the %?',
      'Can I still stop the order of a %?',
      'Please tell me how to undo my % order.',
    ],
    passage:
      'An order can be cancelled in the account until it is handed to the carrier. After that it is a return. Money that was reserved on a card is released within three working days; a voucher is valid again at once.',
  },
  {
    questions: [
      'Which % is right for a beginner?',
      'What % would you suggest to start with?',
      'Recommend me a first %.',
    ],
    passage:
      'Beginners are well served by the middle of each range: it has the parts that wear out least and can be sold again. Our advisers rank every model for ease, repair and noise. The comparison table on the category page can be filtered by these.',
  },
  {
    questions: [
      'Can I pay for the % in instalments?',
      'Is it possible to finance the %?',
      'Do you offer payment plans for a %?',
    ],
    passage:
      'Orders over one hundred can be paid in three, six or twelve instalments; the first is due with the order. Six and twelve instalments need a check with a credit agency. Early repayment is free. Vouchers cannot be bought in instalments.',
  },
  {
    questions: [
      'Does the % come with a charger?',
      'What is in the box of the %?',
      'Is a cable included with the %?',
    ],
    passage:
      'What is in the box is listed under Contents on the product page. Since last year devices under one hundred watts are sold without a charger, as the law asks; a fitting one is shown beside the price. Cables are included unless it says otherwise.',
  },
  {
    questions: [
      'How do I update the %?',
      'Where is the newest firmware of the %?',
      'My % needs an update, how?',
    ],
    passage:
      'Updates are found in the settings under System. The device must be charged over half and in a network. An update takes up to twenty minutes, in which it restarts twice. Files for an update by cable are on the support page of the model, with their checksum.',
  },
  {
    questions: [
      'Can I change the delivery address of my %?',
      'I moved, where will the % go?',
      'Send my % to another address, please?',
    ],
    passage:
      'The address can be changed in the account until the label is printed, about two hours after the order. After that the carrier can send the parcel to a shop or a neighbour; the tracking link has the choice. Orders paid by invoice go to the invoice address only.',
  },
  {
    questions: [
      'Can I get an invoice for the %?',
      'Where do I download the bill of my %?',
      'I need a receipt with VAT for the %.',
    ],
    passage:
      'The invoice is in the account under Orders, as a file, from the day of dispatch. A company name and a tax number can be added for thirty days. Corrected invoices keep their number and get a letter behind it.',
  },
]

export const products: readonly string[] = [
  'headphones,phone,tablet,laptop,keyboard,mouse,monitor,printer,scanner,router,webcam,microphone,speaker,soundbar,television,projector',
  'camera,lens,tripod,drone,watch,fitness tracker,bicycle,scooter,helmet,tent,sleeping bag,backpack,lamp,desk,chair,shelf,mattress',
  'coffee machine,kettle,toaster,blender,mixer,oven,microwave,fridge,freezer,dishwasher,washing machine,dryer,vacuum cleaner,iron,fan',
  'heater,air purifier,drill,saw,lawn mower,hedge trimmer,grill,guitar,piano,violin,game console,controller',
].flatMap((line) => line.split(','))

/** What a ticket is sorted into, and what a draft is asked for. */
export const prompts = {
  answer:
    'You answer the customers of a web shop. Use only the passage that was found. Answer in at most four sentences, friendly and to the point. If the passage does not say it, say that a colleague will write.',
  classify:
    'Sort the message of a customer into one of: delivery, return, stock, warranty, defect, cancellation, advice, payment, contents, update, address, invoice. Answer with the word alone.',
  draft: 'Write a friendly e-mail of a web shop that answers the message of a customer. Vary your wording.',
} as const
