/** The call itself is wrong: an unknown command, option or combination. The CLI exits with 2, the API answers 400. */
export class BadUse extends Error {
  override readonly name = 'BadUse';
  readonly fix: string | undefined;
  constructor(message: string, fix?: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}

export interface Place {
  file?: string | undefined;
  row?: number | undefined;
  field?: string | undefined;
  fix?: string | undefined;
}

/** The data is wrong: says which file, row and field, and what would fix it. The CLI exits with 3, the API answers 422. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  readonly place: Place;
  constructor(message: string, place: Place = {}, options?: ErrorOptions) {
    super(message, options);
    this.place = place;
  }
  get fix(): string | undefined {
    return this.place.fix;
  }
}

/** What was named is not there. The CLI exits with 2, the API answers 404. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
  readonly fix: string | undefined;
  constructor(message: string, fix?: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}
