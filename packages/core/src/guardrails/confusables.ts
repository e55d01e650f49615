/**
 * Letters that look like one of ASCII, each before the one it looks like: those that are letters of these scripts in
 * https://www.unicode.org/Public/security/latest/confusables.txt (read 2026-11-24, by way of unhomoglyph 1.0.6), and the
 * small capitals. A capital that looks like l is read as I, which is what it is used for.
 */
export const CONFUSABLES = `
  ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz
  ɑa Ƅb ꞴB ꬲe ꬵf ꞙf ẝf ꞘF ɡg ᶃg ƍg ıi ɩi ꞲJ ƖI ǀl ᴑo ꬽo ꭇr ꭈr ƦR ƽs ꞟu ꭎu ꭒu ʋu ɯw ꞳX ɣy ᶌy ỿy ꭚy
  αa ΑA ΒB ΕE ϜF ΗH ιi ϳj ͿJ ΚK ΙI ΜM ϺM ΝN οo σo ΟO ρp ΡP ᴦr ΤT υu νv ΧX γy ΥY ΖZ
  аa АA Ьb ВB сc СC ԁd еe ҽe ЕE ԌG һh НH іi ꙇi ӏi јj ЈJ КK ІI ӀI МM оo ОO рp РP ԛq гr ѕs ЅS ТT ѵv
  ѴV ѡw ԝw ԜW хx ХX уy үy УY ҮY
  ᎪA Ꮟb ᏴB ꮯc ᏟC Ꮷd ᎠD ᎬE ᏀG ᏳG Ꮒh ᎻH ꭵi Ꭵi ᎫJ ᏦK ᏞL ᎷM ᏢP ꮁr ᎡR ᏒR ꮪs ᏕS ᏚS ᎢT ꮩv ᏙV ꮃw ᎳW ᏔW ᎩY
  ᎽY ꮓz ᏃZ
  ꓮA ꓐB ꓚC ꓒd ꓓD ꓰE ꓝF ꓖG ꓧH ꓙJ ꓗK ꓲl ꓡL ꓟM ꓠN ꓳO ꓑP ꓣR ꓢS ꓔT ꓴU ꓦV ꓪW ꓫX ꓬY ꓜZ
  քf ցg հh ոn ռn օo ՕO գq զq ՏS սu ՍU աw
`
