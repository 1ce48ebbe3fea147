/**
 * One system's fact that another records when it hears of it: the echo is never earlier, so a fact that seems to come
 * after its echo tells of a clock that is fast.
 */
export interface Echo {
  fact: string;
  echo: string;
  /** How the object of the fact is linked to the object of the echo: the qualifier of the link from it. */
  link: string;
}

export const echoes: readonly Echo[] = [
  { fact: 'Project created in ERP', echo: 'ERP project linked', link: 'same_as' }
];
