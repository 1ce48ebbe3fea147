import type { XmlHandler, XmlParser } from './xml.ts';

/** The document holds something that only the strict parser may judge. */
export class NotOrdinary extends Error {
  override readonly name = 'NotOrdinary';
}

const LT = 60;
const GT = 62;
const SLASH = 47;
const BANG = 33;
const QUESTION = 63;
const EQUALS = 61;
const COLON = 58;

/**
 * A scanner for ordinary XML, several times as fast as a general parser: tags, attributes, comments, the five named
 * entities and numeric ones. Whatever else it meets (CDATA, DOCTYPE, instructions, text, prefixed elements, any
 * violation of well-formedness that it notices) makes it throw {@link NotOrdinary}, and the file is read again by the
 * strict parser: nothing is accepted here that is refused there, and both tell their handler the same.
 */
export class XmlScanner implements XmlParser {
  private readonly handler: XmlHandler;
  private readonly open: string[] = [];
  private text = '';
  private at = 0;
  private isStart = true;
  private hasRoot = false;

  constructor(handler: XmlHandler) {
    this.handler = handler;
  }

  /** @throws {NotOrdinary} */
  write(chunk: string): void {
    this.text = this.at < this.text.length ? this.text.slice(this.at) + chunk : chunk;
    this.at = 0;
    while (this.step());
    if (this.text.length - this.at > 2 ** 26) throw new NotOrdinary('a tag of more than 64 MB');
  }

  /** @throws {NotOrdinary} */
  end(): void {
    if (this.at < this.text.length || this.open.length > 0 || !this.hasRoot) throw new NotOrdinary('cut off');
  }

  /** One tag or comment further; false when the text at hand is used up. */
  private step(): boolean {
    const { text } = this;
    let at = this.at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === LT) break;
      if (!isSpace(code)) {
        if (Number.isNaN(code)) {
          this.at = at;
          return false;
        }
        throw new NotOrdinary('text');
      }
      this.isStart = false;
      at += 1;
    }
    this.at = at;
    const next = text.charCodeAt(at + 1);
    if (next === SLASH) return this.endTag(at);
    if (next === BANG) return this.comment(at);
    if (next === QUESTION) return this.declaration(at);
    return this.startTag(at);
  }

  private endTag(at: number): boolean {
    const gt = this.text.indexOf('>', at);
    if (gt < 0) return false;
    if (this.text.slice(at + 2, gt) !== this.open.pop()) throw new NotOrdinary('end tag');
    this.handler.close();
    this.at = gt + 1;
    return true;
  }

  private comment(at: number): boolean {
    const { text } = this;
    if (text.length < at + 4) return false;
    if (!text.startsWith('<!--', at)) throw new NotOrdinary('declaration');
    const end = text.indexOf('--', at + 4);
    if (end < 0 || end + 2 >= text.length) return false;
    if (text.charCodeAt(end + 2) !== GT) throw new NotOrdinary('comment');
    if (unusual.test(text.slice(at + 4, end).replaceAll(/[<&\t\r\n]/g, ''))) throw new NotOrdinary('comment');
    this.at = end + 3;
    this.isStart = false;
    return true;
  }

  private declaration(at: number): boolean {
    const { text } = this;
    if (!this.isStart) throw new NotOrdinary('instruction');
    const end = text.indexOf('?>', at);
    if (end < 0) return false;
    if (!ordinaryDeclaration.test(text.slice(at, end + 2))) throw new NotOrdinary('declaration');
    this.at = end + 2;
    this.isStart = false;
    return true;
  }

  private startTag(from: number): boolean {
    const { text } = this;
    let at = from + 1;
    let code = text.charCodeAt(at);
    if (!isNameStart(code)) {
      if (Number.isNaN(code)) return false;
      throw new NotOrdinary('name');
    }
    while (isNameChar(text.charCodeAt(at))) at += 1;
    const name = text.slice(from + 1, at);
    let key: string | undefined;
    let value: string | undefined;
    let others: [string, string][] | null = null;
    for (;;) {
      const before = at;
      while (isSpace((code = text.charCodeAt(at)))) at += 1;
      if (code === GT) {
        this.begin(name, key, value, others);
        this.open.push(name);
        this.at = at + 1;
        return true;
      }
      if (code === SLASH) {
        code = text.charCodeAt(at + 1);
        if (Number.isNaN(code)) return false;
        if (code !== GT) throw new NotOrdinary('tag');
        this.begin(name, key, value, others);
        this.handler.close();
        this.at = at + 2;
        return true;
      }
      if (Number.isNaN(code)) return false;
      if (at === before || !isNameStart(code)) throw new NotOrdinary('attribute');
      const nameStart = at;
      while (isNameChar((code = text.charCodeAt(at))) || code === COLON) at += 1;
      if (Number.isNaN(code)) return false;
      const attribute = text.slice(nameStart, at);
      if (code !== EQUALS) throw new NotOrdinary('attribute');
      const quote = text[at + 1];
      if (quote === undefined) return false;
      if (quote !== '"' && quote !== "'") throw new NotOrdinary('attribute');
      const close = text.indexOf(quote, at + 2);
      if (close < 0) return false;
      let content = text.slice(at + 2, close);
      if (unusual.test(content)) content = decoded(content);
      at = close + 1;
      if (attribute === 'key' && key === undefined) key = content;
      else if (attribute === 'value' && value === undefined) value = content;
      else if (attribute === 'key' || attribute === 'value' || others?.some(([known]) => known === attribute))
        throw new NotOrdinary('attribute twice');
      else (others ??= []).push([attribute, content]);
    }
  }

  private begin(name: string, key?: string, value?: string, others: [string, string][] | null = null): void {
    if (this.open.length === 0 && this.hasRoot) throw new NotOrdinary('second root');
    this.hasRoot = true;
    this.isStart = false;
    this.handler.open(name, key, value, others);
  }
}

const isSpace = (code: number) => code === 32 || code === 10 || code === 9 || code === 13;
const isNameStart = (code: number) => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
const isNameChar = (code: number) => isNameStart(code) || (code >= 48 && code <= 57) || code === 45 || code === 46;

const ordinaryDeclaration =
  /^<\?xml version=(?:"1\.0"|'1\.0')(?: encoding=(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?: standalone=(?:"(?:yes|no)"|'(?:yes|no)'))? ?\?>$/;

/** Characters of an attribute's value that need a second look. */
const unusual = /[<&\u0000-\u001f\ufffe\uffff]/; // eslint-disable-line no-control-regex

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** White space made plain, entities resolved: in this order, as the standard has it. */
function decoded(value: string): string {
  const plain = value.replaceAll(/\r\n|[\t\n\r]/g, ' ');
  if (/[<\u0000-\u001f\ufffe\uffff]/.test(plain)) throw new NotOrdinary('character'); // eslint-disable-line no-control-regex
  return plain.replaceAll(/&([^;&]{0,12});?/g, (entity, name: string) => {
    const known = Object.hasOwn(named, name) ? named[name] : undefined;
    if (!entity.endsWith(';')) throw new NotOrdinary('entity');
    if (known !== undefined) return known;
    const digits = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    if (!digits) throw new NotOrdinary('entity');
    const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
    const isCharacter =
      [9, 10, 13].includes(code) ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      (code >= 0x10000 && code <= 0x10ffff);
    if (!isCharacter) throw new NotOrdinary('entity');
    return String.fromCodePoint(code);
  });
}
