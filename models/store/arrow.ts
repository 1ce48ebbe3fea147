import { DuckDBTypeId, type DuckDBResult, type DuckDBType, type DuckDBVector } from '@duckdb/node-api';
import {
  Bool,
  Dictionary,
  Field,
  Float64,
  Int32,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
  makeBuilder,
  makeData,
  makeVector,
  vectorFromArray,
  type Data,
  type DataType
} from 'apache-arrow';

/**
 * Encodes a result as an Arrow IPC stream: strings as one dictionary a column, wide integers as doubles (so that no
 * reader meets a BigInt). NULLs are kept. DuckDB has no Arrow output in this binding, hence by hand.
 *
 * @throws TypeError on a column type that analyses do not return (convert it in SQL).
 */
export async function toArrow(result: DuckDBResult): Promise<Uint8Array> {
  const names = result.columnNames();
  const columns = result.columnTypes().map((type, index) => new Column(names[index] ?? `column${index}`, type, index));
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    for (const column of columns) column.append(chunk.getColumnVector(column.index), chunk.rowCount);
  }
  const schema = new Schema(columns.map((column) => column.field));
  const children = columns.map((column) => column.finish());
  const length = children[0]?.length ?? 0;
  const batch = new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }));
  const writer = new RecordBatchStreamWriter();
  writer.write(batch);
  writer.finish();
  return writer.toUint8Array(true);
}

type Kind = 'text' | 'integer' | 'number' | 'boolean';

class Column {
  readonly field: Field;
  readonly index: number;
  private readonly kind: Kind;
  private readonly values: (number | boolean | null)[] = [];
  private readonly dictionary = new Map<string, number>();

  constructor(name: string, type: DuckDBType, index: number) {
    this.index = index;
    this.kind = kindOf(name, type);
    this.field = new Field(name, arrowType(this.kind, index), true);
  }

  append(vector: DuckDBVector, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const value = vector.getItem(row);
      if (value === null || value === undefined) this.values.push(null);
      else if (this.kind === 'text') this.values.push(this.code(String(value)));
      else if (this.kind === 'boolean') this.values.push(value as boolean);
      else this.values.push(Number(value));
    }
  }

  finish(): Data {
    if (this.kind !== 'text') {
      const builder = makeBuilder({ type: this.field.type as DataType, nullValues: [null] });
      for (const value of this.values) builder.append(value);
      return builder.finish().flush();
    }
    const indices = makeBuilder({ type: new Int32(), nullValues: [null] });
    for (const value of this.values) indices.append(value as number | null);
    const codes = indices.finish().flush();
    const words = this.dictionary.size > 0 ? vectorFromArray([...this.dictionary.keys()], new Utf8()) : emptyText();
    return makeData({
      type: this.field.type as Dictionary<Utf8, Int32>,
      length: codes.length,
      nullCount: codes.nullCount,
      nullBitmap: codes.nullBitmap,
      data: codes.values,
      dictionary: words
    });
  }

  private code(word: string): number {
    const known = this.dictionary.get(word);
    if (known !== undefined) return known;
    const next = this.dictionary.size;
    this.dictionary.set(word, next);
    return next;
  }
}

function emptyText() {
  return makeVector(makeBuilder({ type: new Utf8() }).finish().flush());
}

function kindOf(name: string, type: DuckDBType): Kind {
  switch (type.typeId) {
    case DuckDBTypeId.VARCHAR:
      return 'text';
    case DuckDBTypeId.BOOLEAN:
      return 'boolean';
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
      return 'integer';
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return 'number';
    default:
      throw new TypeError(`column ${name} has type ${type}: convert it in SQL to text, a number or a boolean`);
  }
}

function arrowType(kind: Kind, index: number): DataType {
  if (kind === 'text') return new Dictionary(new Utf8(), new Int32(), index);
  if (kind === 'integer') return new Int32();
  if (kind === 'boolean') return new Bool();
  return new Float64();
}
