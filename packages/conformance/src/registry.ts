import type { Clause } from './clause.ts'
import { MET01 } from './clauses/MET-01.ts'
import { MET02 } from './clauses/MET-02.ts'
import { MET03 } from './clauses/MET-03.ts'
import { MET04 } from './clauses/MET-04.ts'
import { MET05 } from './clauses/MET-05.ts'
import { MET06 } from './clauses/MET-06.ts'
import { MET07 } from './clauses/MET-07.ts'
import { MET08 } from './clauses/MET-08.ts'
import { MET09 } from './clauses/MET-09.ts'
import { MET10 } from './clauses/MET-10.ts'
import { MET11 } from './clauses/MET-11.ts'
import { MET12 } from './clauses/MET-12.ts'
import { MET13 } from './clauses/MET-13.ts'
import { MET14 } from './clauses/MET-14.ts'
import { MET15 } from './clauses/MET-15.ts'
import { MET16 } from './clauses/MET-16.ts'
import { MET17 } from './clauses/MET-17.ts'
import { MET18 } from './clauses/MET-18.ts'
import { MET19 } from './clauses/MET-19.ts'
import { MET20 } from './clauses/MET-20.ts'
import { MET21 } from './clauses/MET-21.ts'
import { CST01 } from './clauses/CST-01.ts'
import { CST02 } from './clauses/CST-02.ts'
import { CST03 } from './clauses/CST-03.ts'
import { CST04 } from './clauses/CST-04.ts'
import { CST05 } from './clauses/CST-05.ts'
import { CST06 } from './clauses/CST-06.ts'
import { CST07 } from './clauses/CST-07.ts'
import { CST08 } from './clauses/CST-08.ts'
import { CST09 } from './clauses/CST-09.ts'
import { CST10 } from './clauses/CST-10.ts'
import { GRD01 } from './clauses/GRD-01.ts'
import { GRD02 } from './clauses/GRD-02.ts'
import { GRD03 } from './clauses/GRD-03.ts'
import { GRD04 } from './clauses/GRD-04.ts'
import { GRD05 } from './clauses/GRD-05.ts'
import { GRD06 } from './clauses/GRD-06.ts'
import { GRD07 } from './clauses/GRD-07.ts'
import { GRD08 } from './clauses/GRD-08.ts'
import { GRD09 } from './clauses/GRD-09.ts'
import { GRD10 } from './clauses/GRD-10.ts'
import { GRD11 } from './clauses/GRD-11.ts'
import { GRD12 } from './clauses/GRD-12.ts'
import { GRD13 } from './clauses/GRD-13.ts'
import { GRD14 } from './clauses/GRD-14.ts'
import { GRD15 } from './clauses/GRD-15.ts'
import { GRD16 } from './clauses/GRD-16.ts'
import { GRD17 } from './clauses/GRD-17.ts'
import { GRD18 } from './clauses/GRD-18.ts'
import { GRD19 } from './clauses/GRD-19.ts'
import { GRD20 } from './clauses/GRD-20.ts'
import { CAC01 } from './clauses/CAC-01.ts'
import { CAC02 } from './clauses/CAC-02.ts'
import { CAC03 } from './clauses/CAC-03.ts'
import { CAC04 } from './clauses/CAC-04.ts'
import { CAC05 } from './clauses/CAC-05.ts'
import { CAC06 } from './clauses/CAC-06.ts'
import { CAC07 } from './clauses/CAC-07.ts'
import { CAC08 } from './clauses/CAC-08.ts'
import { CAC09 } from './clauses/CAC-09.ts'
import { CAC10 } from './clauses/CAC-10.ts'
import { CAC11 } from './clauses/CAC-11.ts'
import { CAC12 } from './clauses/CAC-12.ts'
import { CAC13 } from './clauses/CAC-13.ts'
import { CAC14 } from './clauses/CAC-14.ts'
import { CAC15 } from './clauses/CAC-15.ts'
import { CAC16 } from './clauses/CAC-16.ts'
import { CAC17 } from './clauses/CAC-17.ts'
import { CAC18 } from './clauses/CAC-18.ts'
import { CAC19 } from './clauses/CAC-19.ts'
import { CAC20 } from './clauses/CAC-20.ts'
import { CAC21 } from './clauses/CAC-21.ts'
import { CAC22 } from './clauses/CAC-22.ts'
import { CAC23 } from './clauses/CAC-23.ts'
import { EMB01 } from './clauses/EMB-01.ts'
import { EMB02 } from './clauses/EMB-02.ts'
import { EMB03 } from './clauses/EMB-03.ts'
import { EMB04 } from './clauses/EMB-04.ts'
import { EMB05 } from './clauses/EMB-05.ts'
import { EMB06 } from './clauses/EMB-06.ts'
import { EMB07 } from './clauses/EMB-07.ts'
import { STR01 } from './clauses/STR-01.ts'
import { STR02 } from './clauses/STR-02.ts'
import { STR03 } from './clauses/STR-03.ts'
import { STR04 } from './clauses/STR-04.ts'
import { STR05 } from './clauses/STR-05.ts'
import { STR06 } from './clauses/STR-06.ts'
import { STR07 } from './clauses/STR-07.ts'
import { STR08 } from './clauses/STR-08.ts'
import { STR09 } from './clauses/STR-09.ts'
import { FLT01 } from './clauses/FLT-01.ts'
import { FLT02 } from './clauses/FLT-02.ts'
import { FLT03 } from './clauses/FLT-03.ts'
import { FLT04 } from './clauses/FLT-04.ts'
import { FLT05 } from './clauses/FLT-05.ts'
import { FLT06 } from './clauses/FLT-06.ts'
import { FLT07 } from './clauses/FLT-07.ts'
import { FLT08 } from './clauses/FLT-08.ts'
import { FLT09 } from './clauses/FLT-09.ts'
import { FLT10 } from './clauses/FLT-10.ts'
import { FLT11 } from './clauses/FLT-11.ts'
import { FLT12 } from './clauses/FLT-12.ts'
import { FLT13 } from './clauses/FLT-13.ts'
import { HLT01 } from './clauses/HLT-01.ts'
import { HLT02 } from './clauses/HLT-02.ts'
import { HLT03 } from './clauses/HLT-03.ts'
import { SEC01 } from './clauses/SEC-01.ts'
import { SEC02 } from './clauses/SEC-02.ts'
import { SEC03 } from './clauses/SEC-03.ts'
import { SEC04 } from './clauses/SEC-04.ts'
import { SEC05 } from './clauses/SEC-05.ts'

/** Every clause that runs, in the order of the contract. */
export const clauses: readonly Clause[] = [
  MET01,
  MET02,
  MET03,
  MET04,
  MET05,
  MET06,
  MET07,
  MET08,
  MET09,
  MET10,
  MET11,
  MET12,
  MET13,
  MET14,
  MET15,
  MET16,
  MET17,
  MET18,
  MET19,
  MET20,
  MET21,
  CST01,
  CST02,
  CST03,
  CST04,
  CST05,
  CST06,
  CST07,
  CST08,
  CST09,
  CST10,
  GRD01,
  GRD02,
  GRD03,
  GRD04,
  GRD05,
  GRD06,
  GRD07,
  GRD08,
  GRD09,
  GRD10,
  GRD11,
  GRD12,
  GRD13,
  GRD14,
  GRD15,
  GRD16,
  GRD17,
  GRD18,
  GRD19,
  GRD20,
  CAC01,
  CAC02,
  CAC03,
  CAC04,
  CAC05,
  CAC06,
  CAC07,
  CAC08,
  CAC09,
  CAC10,
  CAC11,
  CAC12,
  CAC13,
  CAC14,
  CAC15,
  CAC16,
  CAC17,
  CAC18,
  CAC19,
  CAC20,
  CAC21,
  CAC22,
  CAC23,
  EMB01,
  EMB02,
  EMB03,
  EMB04,
  EMB05,
  EMB06,
  EMB07,
  STR01,
  STR02,
  STR03,
  STR04,
  STR05,
  STR06,
  STR07,
  STR08,
  STR09,
  FLT01,
  FLT02,
  FLT03,
  FLT04,
  FLT05,
  FLT06,
  FLT07,
  FLT08,
  FLT09,
  FLT10,
  FLT11,
  FLT12,
  FLT13,
  HLT01,
  HLT02,
  HLT03,
  SEC01,
  SEC02,
  SEC03,
  SEC04,
  SEC05,
]
