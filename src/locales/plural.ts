/** A sentence for each plural category of a language; `#` stands for the number. `other` stands in for what is absent. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & {other: string};

/** Says numbers of things in a language: `count(3, {one: '# room', other: '# rooms'})` is “3 rooms”. */
export function counter(language: string) {
  let rules: Intl.PluralRules | undefined;
  return (n: number, forms: Forms) =>
    (forms[(rules ??= new Intl.PluralRules(language)).select(n)] ?? forms.other).replace(
      '#',
      n.toLocaleString(language),
    );
}
