import type { Format } from '#ingest/report.ts';
import { BadInput } from '#models/log/errors.ts';
import { headOf, type InputFile } from './bytes.ts';
import { parseJson } from './json-values.ts';
import { encodingOf, headText } from './text.ts';

const known = 'CSV, XES, OCEL 2.0 JSON, NDJSON and Parquet, also gzipped (.gz)';

/**
 * What a file is, by what it holds; its name only decides between texts that could be either.
 *
 * @throws {BadInput} naming the formats, and where there is one the way to convert
 */
export async function sniffFormat(file: InputFile): Promise<Format> {
  const head = await headOf(file);
  const refuse = (what: string, fix: string) => new BadInput(`${file.name} ${what}`, { file: file.name, fix });
  const magic = head.toString('latin1', 0, 16);
  if (magic.startsWith('PAR1')) return 'parquet';
  if (magic.startsWith('PK\x03\x04')) {
    const fix = /\.xlsx$/i.test(file.name) ? 'save the sheet as CSV' : 'unpack it and import the files in it';
    throw refuse(`is a zip archive or a spreadsheet; what can be read is ${known}`, fix);
  }
  if (magic.startsWith('SQLite format 3'))
    throw refuse(`is an SQLite database; what can be read is ${known}`, 'export it as OCEL 2.0 JSON');
  const encoding = encodingOf(head);
  const text = headText(head, encoding).trimStart();
  if (text === '') throw refuse('holds nothing but white space', 'export it again');
  if (text.startsWith('<')) return sniffXml(file, text);
  if (text.startsWith('{')) return sniffObject(file, text);
  if (text.startsWith('[')) return 'json';
  const sample = text.slice(0, 4096);
  const controls = sample.match(/[\u0000-\u0008\u000e-\u001f\ufffd]/g)?.length ?? 0; // eslint-disable-line no-control-regex
  if (controls > sample.length * 0.1)
    throw refuse(`is none of the formats that can be read: ${known}`, 'convert it to one of them');
  return 'csv';
}

function sniffXml(file: InputFile, text: string): Format {
  const fix = 'convert it to OCEL 2.0 JSON, for example with pm4py: write_ocel2_json(read_ocel2_xml(…), …)';
  const body = text.replaceAll(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, '');
  if (/<(object-types|event-types)[\s/>]/.test(body))
    throw new BadInput(`${file.name} is OCEL 2.0 in XML, which is not read yet`, { file: file.name, fix });
  if (/<log[\s>][\s\S]{0,2000}?ocel|<list key="omap"/.test(body.slice(0, 20_000)) && !/<trace[\s>]/.test(body))
    throw new BadInput(`${file.name} is OCEL 1.0 in XML, which is not read`, { file: file.name, fix });
  // Whether it is a good one the reader says.
  return 'xes';
}

function sniffObject(file: InputFile, text: string): Format {
  if (/"ocel:(events|objects|global-log|global-event|version)"/.test(text.slice(0, 65_536)))
    throw new BadInput(`${file.name} is OCEL 1.0; OCEL 2.0 is read`, {
      file: file.name,
      fix: 'convert it, for example with pm4py: write_ocel2_json(read_ocel_json(…), …)'
    });
  const firstLine = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'));
  const first = asObject(firstLine);
  const isOcel = (document: Record<string, unknown>) =>
    'objectTypes' in document ||
    'eventTypes' in document ||
    (Array.isArray(document['events']) && Array.isArray(document['objects']));
  if (first) return isOcel(first) ? 'ocel-json' : 'ndjson';
  if (/^\{\s*"(events|objects|eventTypes|objectTypes)"\s*:/.test(text)) return 'ocel-json';
  // Other members may come first; the names of OCEL are rare enough elsewhere.
  if (/"(objectTypes|eventTypes)"\s*:\s*\[/.test(text)) return 'ocel-json';
  if (/^\{[^\n]*\}\s*$/m.test(firstLine) || /\.(ndjson|jsonl)(\.gz)?$/i.test(file.name)) return 'ndjson';
  throw new BadInput(`${file.name} is JSON, but neither OCEL 2.0 nor one object a line nor an array of objects`, {
    file: file.name,
    fix: 'write one JSON object a line (NDJSON)'
  });
}

function asObject(line: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
