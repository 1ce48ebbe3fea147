/** What was said of a firm makes no sense. The message says where, `fix` what would mend it. */
export class BadSetup extends Error {
  override readonly name = 'BadSetup';
  readonly fix: string;
  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}
