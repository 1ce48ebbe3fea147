/** What an XML parser of ours tells. XES says nearly everything in two attributes, so these come apart. */
export interface XmlHandler {
  open(
    name: string,
    key: string | undefined,
    value: string | undefined,
    others: readonly [string, string][] | null
  ): void;
  close(): void;
  /** Text that is more than white space, which XES has none of. */
  text(text: string): void;
}

export interface XmlParser {
  write(chunk: string): void;
  end(): void;
}
