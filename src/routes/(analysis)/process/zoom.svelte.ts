import type { Attachment } from 'svelte/attachments';

/** Where the map is looked at from: scale and offset of an SVG group, moved by wheel, drag, pinch and keys. */
export class Zoom {
  scale = $state(1);
  x = $state(0);
  y = $state(0);
  #view = { width: 800, height: 600 };
  #size = { width: 1, height: 1 };
  /** What is in the middle when not all fits: where the process starts. */
  #top = { x: 0 };
  #touched = false;

  get transform(): string {
    return `translate(${this.x.toFixed(1)} ${this.y.toFixed(1)}) scale(${this.scale.toFixed(4)})`;
  }

  /** A new picture is fitted unless the reader has moved the old one. */
  show(size: { width: number; height: number }, top: { x: number }): void {
    this.#size = size;
    this.#top = top;
    if (!this.#touched) this.fit();
  }

  fit(): void {
    this.#touched = false;
    const { width, height } = this.#view;
    const margin = 24;
    const whole = Math.min((width - margin) / this.#size.width, (height - margin) / this.#size.height);
    // Never smaller than can be read: a large map begins where the process starts, and is moved.
    this.scale = Math.min(1.25, Math.max(whole, 0.72));
    const spare = (room: number, size: number) => Math.max(margin / 2, (room - size) / 2);
    const wide = this.#size.width * this.scale;
    const centred = Math.min(margin / 2, Math.max(width - wide - margin / 2, width / 2 - this.#top.x * this.scale));
    this.x = wide <= width ? spare(width, wide) : centred;
    this.y = spare(height, this.#size.height * this.scale);
  }

  whole(): void {
    const { width, height } = this.#view;
    this.scale = Math.min(1.25, (width - 24) / this.#size.width, (height - 24) / this.#size.height);
    this.x = (width - this.#size.width * this.scale) / 2;
    this.y = (height - this.#size.height * this.scale) / 2;
    this.#touched = true;
  }

  by(factor: number, at = { x: this.#view.width / 2, y: this.#view.height / 2 }): void {
    const scale = Math.min(4, Math.max(0.08, this.scale * factor));
    this.x = at.x - ((at.x - this.x) * scale) / this.scale;
    this.y = at.y - ((at.y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.#touched = true;
  }

  move(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.#touched = true;
  }

  /** Brings a point of the picture into sight. */
  reveal(x: number, y: number): void {
    const at = { x: this.x + x * this.scale, y: this.y + y * this.scale };
    const { width, height } = this.#view;
    if (at.x < 60 || at.x > width - 60) this.move(width / 2 - at.x, 0);
    if (at.y < 40 || at.y > height - 40) this.move(0, height / 2 - at.y);
  }

  readonly attach: Attachment<SVGSVGElement> = (svg) => {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that nothing shows
    const pointers = new Map<number, { x: number; y: number }>();
    const resized = new ResizeObserver(([entry]) => {
      if (!entry) return;
      this.#view = { width: entry.contentRect.width, height: entry.contentRect.height };
      if (!this.#touched) this.fit();
    });
    resized.observe(svg);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = svg.getBoundingClientRect();
      if (event.shiftKey) this.move(-event.deltaY, 0);
      else
        this.by(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), {
          x: event.clientX - left,
          y: event.clientY - top
        });
    };
    const down = (event: PointerEvent) => {
      if (event.button === 0) pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    };
    const moved = (event: PointerEvent) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      if (!svg.hasPointerCapture(event.pointerId)) {
        if (Math.hypot(now.x - before.x, now.y - before.y) < 4) return;
        svg.setPointerCapture(event.pointerId);
      }
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const { left, top } = svg.getBoundingClientRect();
        const gap = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
        this.by(gap(now) / gap(before), { x: (now.x + other.x) / 2 - left, y: (now.y + other.y) / 2 - top });
      } else this.move(now.x - before.x, now.y - before.y);
      pointers.set(event.pointerId, now);
    };
    const up = (event: PointerEvent) => pointers.delete(event.pointerId);
    svg.addEventListener('wheel', wheel, { passive: false });
    svg.addEventListener('pointerdown', down);
    svg.addEventListener('pointermove', moved);
    svg.addEventListener('pointerup', up);
    svg.addEventListener('pointercancel', up);
    return () => {
      resized.disconnect();
      svg.removeEventListener('wheel', wheel);
      svg.removeEventListener('pointerdown', down);
      svg.removeEventListener('pointermove', moved);
      svg.removeEventListener('pointerup', up);
      svg.removeEventListener('pointercancel', up);
    };
  };
}
