/** A purpose on offer, at the version of the text in force. */
export type Offered = Readonly<{ purpose: string; asked: number }>;

/** A purpose at the version of the text that was shown. */
export type AnsweredPurpose = Readonly<{ purpose: string; textVersion: number }>;

/** What a form with boxes said: which it showed and which were ticked, each as `purpose:version`. */
export type Boxes = Readonly<{ shown: readonly string[]; ticked: readonly string[] }>;

/** Answers to purposes that are on offer. */
export type Answers = Readonly<{ granted: readonly AnsweredPurpose[]; declined: readonly AnsweredPurpose[] }>;

const named = ({ purpose, asked }: Offered): string => `${purpose}:${asked}`;

/** Undefined: another text than the one that was read is in force by now, and has to be read first. A box that was left empty says "not now" to the text that stood beside it. */
export function answersOf(offered: readonly Offered[], { shown, ticked }: Boxes): Answers | undefined {
  const touched = offered.filter(({ purpose }) => ticked.some((one) => one.startsWith(`${purpose}:`)));
  if (touched.some((one) => !ticked.includes(named(one)))) return undefined;
  const answered = (rows: readonly Offered[]): AnsweredPurpose[] => rows.map(({ purpose, asked }) => ({ purpose, textVersion: asked }));
  return { granted: answered(touched), declined: answered(offered.filter((one) => !touched.includes(one) && shown.includes(named(one)))) };
}
