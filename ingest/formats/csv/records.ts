/** How a delimited text is written. */
export interface Dialect {
  delimiter: string;
  quote: string;
  newline: '\n' | '\r';
}

export interface RecordHandler {
  /** `number` counts records from 0, blank lines included, so that it matches the rows of a spreadsheet. */
  onRecord(fields: string[], number: number): void;
  onBroken(broken: { reason: string; fix: string; raw: string }, number: number): void;
}

/** Longest record that holds a line break: beyond, its opening quote is taken for a stray one. */
const longestQuoted = 2 ** 22;
/** Longest line. */
const longestLine = 2 ** 26;

const quoteFix = 'close the quotes, and double those that are part of the text';
type Parsed = { fields: string[]; end: number } | 'more' | 'unclosed' | 'after quote';

/**
 * Splits a delimited text (RFC 4180) into records, chunk by chunk.
 *
 * A record whose quotes do not close, or close in mid-value, is broken: its first line is reported and reading goes on
 * at the next one, so that one bad quote costs one row. The same where a record over several lines has not as many
 * fields as the header: its quotes paired wrongly.
 */
export class RecordSplitter {
  /** Fields of a sound record; known after the header. */
  width: number | undefined;
  private readonly dialect: Dialect;
  private readonly handler: RecordHandler;
  private text = '';
  private at = 0;
  private nextQuote = -2;
  private count = 0;
  /** How much text must be there before an unfinished record is tried again. */
  private enough = 0;

  constructor(dialect: Dialect, handler: RecordHandler) {
    this.dialect = dialect;
    this.handler = handler;
  }

  write(chunk: string): void {
    this.text = this.at < this.text.length ? this.text.slice(this.at) + chunk : chunk;
    this.at = 0;
    this.nextQuote = -2;
    if (this.text.length >= this.enough) this.scan(false);
  }

  end(): void {
    this.scan(true);
    this.text = '';
  }

  private scan(isEnd: boolean): void {
    const { text } = this;
    const { delimiter, newline, quote } = this.dialect;
    this.enough = 0;
    while (this.at < text.length) {
      const start = this.at;
      const found = text.indexOf(newline, start);
      const lineEnd = found < 0 ? text.length : found;
      if (this.nextQuote !== -1 && this.nextQuote < start) this.nextQuote = text.indexOf(quote, start);
      if (this.nextQuote === -1 || this.nextQuote >= lineEnd) {
        if (found < 0 && !isEnd) return this.wait(start, longestLine);
        this.at = lineEnd + 1;
        const line = this.line(start, lineEnd);
        this.emit(line === '' ? [] : line.split(delimiter), line);
        continue;
      }
      let parsed = this.parse(start, isEnd);
      if (parsed === 'more') {
        if (text.length - start <= longestQuoted) return this.wait(start, longestQuoted);
        parsed = 'unclosed';
      }
      if (typeof parsed === 'string') {
        if (found < 0 && !isEnd) return this.wait(start, longestLine);
        this.breakLine(
          start,
          lineEnd,
          parsed === 'unclosed' ? 'a quote is never closed' : 'text follows a closing quote'
        );
        continue;
      }
      const isMultiLine = parsed.end > lineEnd;
      if (isMultiLine && this.width !== undefined && parsed.fields.length !== this.width) {
        this.breakLine(start, lineEnd, 'a quote closes in another row');
        continue;
      }
      this.at = parsed.end + 1;
      this.emit(parsed.fields, this.line(start, parsed.end));
    }
  }

  /** Waits until there is twice as much: an unfinished record is not scanned again at every chunk. */
  private wait(start: number, limit: number): void {
    const pending = this.text.length - start;
    if (pending > longestLine) throw new RangeError(`a line is longer than ${longestLine} characters`);
    this.enough = Math.min(pending * 2, limit + 1);
  }

  private line(start: number, end: number): string {
    const isCrLf = this.dialect.newline === '\n' && end > start && this.text.charCodeAt(end - 1) === 13;
    return this.text.slice(start, isCrLf ? end - 1 : end);
  }

  private breakLine(start: number, lineEnd: number, reason: string): void {
    this.at = lineEnd + 1;
    this.handler.onBroken({ reason, fix: quoteFix, raw: this.line(start, lineEnd) }, this.count);
    this.count += 1;
  }

  private emit(fields: string[], line: string): void {
    const number = this.count;
    this.count += 1;
    if (line === '') return;
    const { width } = this;
    if (line.includes('\0')) {
      return this.handler.onBroken({ reason: 'it holds a NUL character', fix: 'remove it', raw: line }, number);
    }
    if (line.includes('\ufffd')) {
      const fix = 'save the file as UTF-8, or say its encoding in the mapping';
      return this.handler.onBroken(
        { reason: 'some of its bytes are no text in this encoding', fix, raw: line },
        number
      );
    }
    if (width !== undefined && fields.length !== width) {
      // A delimiter at the end of a line, as some exports write, adds no value.
      const isPadded = fields.length > width && fields.slice(width).every((field) => field === '');
      if (!isPadded) {
        const reason = `${fields.length} columns instead of ${width}`;
        const fix = 'quote values that hold the delimiter, and write every column';
        return this.handler.onBroken({ reason, fix, raw: line }, number);
      }
      fields.length = width;
    }
    this.handler.onRecord(fields, number);
  }

  /** Reads a record that holds quotes; `end` is where its line ends. */
  private parse(start: number, isEnd: boolean): Parsed {
    const { text } = this;
    const { delimiter, newline, quote } = this.dialect;
    const fields: string[] = [];
    let at = start;
    for (;;) {
      let opening = at;
      while (text[opening] === ' ') opening += 1;
      if (text[opening] === quote) {
        const closing = this.closing(opening + 1);
        if (closing === -1) return isEnd ? 'unclosed' : 'more';
        let after = closing + 1;
        while (text[after] === ' ') after += 1;
        if (
          text[after] === '\r' &&
          newline === '\n' &&
          (text[after + 1] === '\n' || (isEnd && after + 1 === text.length))
        )
          after += 1;
        if (after >= text.length && !isEnd) return 'more';
        fields.push(text.slice(opening + 1, closing).replaceAll(quote + quote, quote));
        if (after >= text.length || text[after] === newline) return { fields, end: Math.min(after, text.length) };
        if (text[after] === '\r' && after + 1 >= text.length && !isEnd) return 'more';
        if (text[after] !== delimiter) return 'after quote';
        at = after + 1;
      } else {
        const lineEnd = text.indexOf(newline, at);
        if (lineEnd < 0 && !isEnd) return 'more';
        const stop = lineEnd < 0 ? text.length : lineEnd;
        const next = text.indexOf(delimiter, at);
        if (next < 0 || next >= stop) {
          fields.push(this.line(at, stop));
          return { fields, end: stop };
        }
        fields.push(text.slice(at, next));
        at = next + 1;
      }
    }
  }

  /** Where a quoted value closes; -1 when it does not, or when that cannot be told yet. */
  private closing(from: number): number {
    const { text } = this;
    const { quote } = this.dialect;
    for (let at = from; ; at += 2) {
      at = text.indexOf(quote, at);
      if (at < 0 || text[at + 1] !== quote) return at;
    }
  }
}
