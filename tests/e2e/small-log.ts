/** A small order process of our own making: always the same cases, two teams that wait for each other, some rework. */
export function smallLog({ cases = 240, badRows = 3 } = {}): string {
  const random = seeded(7);
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const rows: string[] = ['order,step,at,person,team,region,amount'];
  for (let number = 1; number <= cases; number++) {
    const order = `O-${String(number).padStart(4, '0')}`;
    const region = pick(['North', 'South', 'West']);
    const amount = Math.round(500 + random() * 9_500);
    let at = Date.UTC(2024, 0, 3) + number * 21 * HOUR;
    const step = (name: string, team: keyof typeof teams, hours: number) => {
      at += Math.round(hours * HOUR * (0.4 + 1.2 * random()));
      rows.push([order, name, new Date(at).toISOString(), pick(teams[team]), team, region, amount].join(','));
    };
    step('Receive order', 'Sales', 1);
    step('Check order', 'Sales', 4);
    while (random() < 0.25) {
      step('Ask the customer', 'Sales', 30);
      step('Check order', 'Sales', 9);
    }
    if (random() < 0.08) {
      step('Cancel order', 'Sales', 12);
      continue;
    }
    step('Plan delivery', 'Operations', 52);
    step('Deliver', 'Operations', 70);
    if (random() < 0.3) step('Confirm receipt', 'Operations', 20);
    step('Send invoice', 'Finance', 90);
    if (random() < 0.93) step('Receive payment', 'Finance', 400);
  }
  for (let row = 0; row < badRows; row++) rows.push(`O-9${row},Receive order,not a time,Ada,Sales,North,1`);
  return `${rows.join('\n')}\n`;
}

const HOUR = 3_600_000;
const teams = { Sales: ['Ada', 'Ben'], Operations: ['Cleo', 'Dan', 'Eve'], Finance: ['Fay'] } as const;

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
