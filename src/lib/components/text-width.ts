let context: CanvasRenderingContext2D | null | undefined;

/** Width in px of text in the page's own font, as the browser will draw it; by default 13 px of medium weight. */
export function textWidth(text: string, { size = 13, weight = 500 } = {}): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) return text.length * size * 0.54;
  context.font = `${weight} ${size}px 'Inter Variable', system-ui, sans-serif`;
  return context.measureText(text).width;
}
