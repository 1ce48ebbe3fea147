let context: CanvasRenderingContext2D | null | undefined;

/** Width in px of 13 px text in the page's own font, as the browser will draw it. */
export function textWidth(text: string): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) return text.length * 7;
  context.font = "500 13px 'Inter Variable', system-ui, sans-serif";
  return context.measureText(text).width;
}
