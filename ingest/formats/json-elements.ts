/** An element of an array of a JSON document. */
export interface JsonElement {
  /** The member of the root object that holds the array; null where the root is the array. */
  member: string | null;
  text: string;
}

/** The document is not JSON where it must be: between the elements. */
export class JsonBroken extends Error {
  override readonly name = 'JsonBroken';
}

const largestElement = 2 ** 26;

/**
 * Cuts a JSON document (an array, or an object whose members are arrays) into the texts of the arrays' elements, chunk
 * by chunk, so that a log of any size is read element by element. Members that are no arrays come out whole. What is
 * inside an element is left to `JSON.parse`; only strings and brackets are followed here.
 */
export class JsonSplitter {
  private readonly onElement: (element: JsonElement) => void;
  private text = '';
  private at = 0;
  private enough = 0;
  private state: 'root' | 'key' | 'value' | 'next member' | 'element' | 'next element' | 'end' = 'root';
  private isFirst = true;
  private isObject = false;
  private member: string | null = null;

  constructor(onElement: (element: JsonElement) => void) {
    this.onElement = onElement;
  }

  /** @throws {JsonBroken} */
  write(chunk: string): void {
    this.text = this.at < this.text.length ? this.text.slice(this.at) + chunk : chunk;
    this.at = 0;
    if (this.text.length < this.enough) return;
    this.enough = 0;
    while (this.step(false));
    if (this.text.length - this.at > largestElement) throw new JsonBroken('an element is larger than 64 MB');
    this.enough = (this.text.length - this.at) * 2;
  }

  /** @throws {JsonBroken} when the document is cut off */
  end(): void {
    while (this.step(true));
    if (this.state !== 'end') throw new JsonBroken('the document is cut off');
  }

  /** One token or element further; false when the text at hand is used up. */
  private step(isEnd: boolean): boolean {
    while (isSpace(this.text.charCodeAt(this.at))) this.at += 1;
    const next = this.text[this.at];
    if (next === undefined) return false;
    switch (this.state) {
      case 'root':
        if (next === '{') this.go('key', 1);
        else if (next === '[') this.go('element', 1);
        else this.broken('the document is no object and no array');
        this.isObject = next === '{';
        this.isFirst = true;
        return true;
      case 'key': {
        if (next === '}' && this.isFirst) return this.go('end', 1);
        if (next !== '"') return this.broken('a member has no name');
        const end = endOfValue(this.text, this.at, isEnd);
        if (end < 0) return false;
        const colon = skipSpaces(this.text, end);
        if (colon >= this.text.length) return false;
        if (this.text[colon] !== ':') return this.broken('a member has no colon');
        this.member = parseKey(this.text.slice(this.at, end));
        this.at = colon + 1;
        return this.go('value', 0);
      }
      case 'value': {
        if (next === '[') {
          this.isFirst = true;
          return this.go('element', 1);
        }
        return this.take(isEnd, 'next member');
      }
      case 'next member':
        if (next === ',') {
          this.isFirst = false;
          return this.go('key', 1);
        }
        return next === '}' ? this.go('end', 1) : this.broken('a comma between members is missing');
      case 'element':
        if (next === ']' && this.isFirst) return this.go(this.isObject ? 'next member' : 'end', 1);
        if (next === ']' || next === ',') return this.broken('an element is missing');
        return this.take(isEnd, 'next element');
      case 'next element':
        if (next === ',') {
          this.isFirst = false;
          return this.go('element', 1);
        }
        if (next !== ']') return this.broken('a comma between elements is missing');
        return this.go(this.isObject ? 'next member' : 'end', 1);
      case 'end':
        return this.broken('there is more after the document');
    }
  }

  private take(isEnd: boolean, then: 'next member' | 'next element'): boolean {
    const end = endOfValue(this.text, this.at, isEnd);
    if (end < 0) return false;
    const text = this.text.slice(this.at, end);
    this.at = end;
    this.state = then;
    this.onElement({ member: this.member, text });
    return true;
  }

  private go(state: JsonSplitter['state'], by: number): true {
    this.state = state;
    this.at += by;
    return true;
  }

  private broken(why: string): never {
    const near = this.text.slice(this.at, this.at + 40).trim();
    throw new JsonBroken(`${why}, at ${near}`);
  }
}

const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9 || code === 0xfeff;

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function parseKey(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new JsonBroken(`a member's name is no JSON: ${text.slice(0, 40)}`);
  }
}

const structural = /["[\]{}]/g;
const primitiveEnd = /[\s,\]}]/g;

/** Where the value that starts at `from` ends; -1 when that is not in the text yet. */
function endOfValue(text: string, from: number, isEnd: boolean): number {
  const first = text[from];
  if (first === '"') return endOfString(text, from);
  if (first !== '{' && first !== '[') {
    primitiveEnd.lastIndex = from;
    const found = primitiveEnd.exec(text);
    return found ? Math.max(found.index, from + 1) : isEnd ? text.length : -1;
  }
  let depth = 0;
  structural.lastIndex = from;
  for (let found = structural.exec(text); found; found = structural.exec(text)) {
    switch (found[0]) {
      case '"': {
        const end = endOfString(text, found.index);
        if (end < 0) return -1;
        structural.lastIndex = end;
        break;
      }
      case '{':
      case '[':
        depth += 1;
        break;
      default:
        depth -= 1;
        if (depth === 0) return found.index + 1;
    }
  }
  return -1;
}

function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
  return -1;
}
