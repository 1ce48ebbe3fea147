import { SaxesParser } from 'saxes';
import { BadInput } from '#models/log/errors.ts';
import type { XmlHandler, XmlParser } from './xml.ts';

/**
 * Any well-formed XML, by saxes. A DOCTYPE is refused: XES has none, and its entities are how a small file becomes a
 * large one.
 */
export class StrictXml implements XmlParser {
  private readonly parser = new SaxesParser({ position: true });

  /** @throws {BadInput} from `write` and `end`, with the line, when the document is not well-formed */
  constructor(handler: XmlHandler, file: string) {
    const { parser } = this;
    parser.on('error', (error) => {
      throw new BadInput(
        `${file} is no well-formed XML: ${error.message.replace(/^[\d:]+ /, '')} (line ${parser.line})`,
        { file, row: parser.line, fix: 'export it again; nothing was loaded' },
        { cause: error }
      );
    });
    parser.on('doctype', () => {
      throw new BadInput(`${file} has a DOCTYPE, which is refused`, {
        file,
        row: parser.line,
        fix: 'remove the DOCTYPE; XES needs none'
      });
    });
    parser.on('opentag', ({ name, attributes }) => {
      const { key, value, ...rest } = attributes as Record<string, string>;
      const others = Object.entries(rest);
      handler.open(local(name), key, value, others.length === 0 ? null : others);
    });
    parser.on('closetag', () => handler.close());
    const onText = (text: string) => {
      if (text.trim() !== '') handler.text(text.trim());
    };
    parser.on('text', onText);
    parser.on('cdata', onText);
  }

  write(chunk: string): void {
    this.parser.write(chunk);
  }

  end(): void {
    this.parser.close();
  }
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);
