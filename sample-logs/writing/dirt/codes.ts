import type { ApprovalRow, ErpProjectRow } from '../../firm/rows.ts';
import type { Dirtying } from './cell.ts';
import type { Draw } from './draw.ts';

const unmatchedShare = 0.02;
const contradictoryShare = 0.005;

export interface CodeTruth {
  /** Records whose project code (or change request code) matches nothing, by the system that holds them. */
  unmatched: { approvals: number; cs: number; erp: number; procurement: number };
  /** ERP projects whose number says one project, and whose PSA code says another. */
  contradictory: number;
}

/** Mistypes codes where people type them: each such code then belongs to no project of the whole firm. */
export function mistypeCodes({ cell, draw }: Dirtying, isTaken: (code: string) => boolean): CodeTruth {
  const projects = new Set(cell['psa/projects'].map(({ code }) => code));
  const changes = new Set(cell['psa/change_requests'].map(({ id }) => id));
  const typed = new Set<string>();
  const mistype = (code: string, by: Draw) => {
    const wrong = mistypings(code, by).find(
      (one) => !projects.has(one) && !changes.has(one) && !typed.has(one) && !isTaken(one)
    );
    if (wrong === undefined) throw new Error(`every mistyping of ${code} is a code of its own`);
    typed.add(wrong);
    return wrong;
  };

  const erp = mistypeErpProjects(cell['erp/projects'], draw('unmatched erp'), mistype);
  const numberOf = (number: string) => erp.numbers.get(number) ?? number;
  const renumber = <Row extends { erpProject: string }>(row: Row): Row =>
    erp.numbers.has(row.erpProject) ? { ...row, erpProject: numberOf(row.erpProject) } : row;
  cell['erp/resource_plan'] = cell['erp/resource_plan'].map(renumber);
  cell['erp/billing_schedule'] = cell['erp/billing_schedule'].map(renumber);
  cell['erp/invoices'] = cell['erp/invoices'].map(renumber);
  const isMistyped = new Set(erp.numbers.values());
  const contradicted = contradict(erp.rows, isMistyped, [...projects], draw('contradictory'));
  cell['erp/projects'] = contradicted.rows;

  const ofProject = <Row extends { id: string; project: string }>(rows: Row[], decision: string) =>
    change(
      rows,
      draw(decision),
      unmatchedShare,
      ({ id }) => id,
      (row, by) => ({
        ...row,
        project: mistype(row.project, by)
      })
    );
  const purchases = ofProject(cell['procurement/purchase_requests'], 'unmatched procurement');
  cell['procurement/purchase_requests'] = purchases.rows;
  const transitions = ofProject(cell['cs/transitions'], 'unmatched cs');
  cell['cs/transitions'] = transitions.rows;
  const approvals = change(
    cell['approvals/requests'],
    draw('unmatched approvals'),
    unmatchedShare,
    ({ id }) => id,
    (row, by) => ({ ...row, reference: row.reference.replace(codeOf(row), (code) => mistype(code, by)) })
  );
  cell['approvals/requests'] = approvals.rows;

  return {
    unmatched: {
      approvals: approvals.changed,
      cs: transitions.changed,
      erp: erp.numbers.size,
      procurement: purchases.changed
    },
    contradictory: contradicted.changed
  };
}

/** The code by which an approval is matched: the change request's where it approves one, else the project's. */
function codeOf({ id, kind, reference }: ApprovalRow): RegExp {
  const pattern = kind === 'change request' ? /CR-\d+/ : /PRJ-\d+/;
  if (!pattern.test(reference)) throw new Error(`${id} of kind ${kind} names nothing: "${reference}"`);
  return pattern;
}

/** Number and PSA code are mistyped alike; every ERP file then knows the project by its wrong number. */
function mistypeErpProjects(rows: ErpProjectRow[], draw: Draw, mistype: (code: string, by: Draw) => string) {
  const numbers = new Map<string, string>();
  const changed = change(
    rows,
    draw,
    unmatchedShare,
    ({ number }) => number,
    (row, by) => {
      const psaCode = mistype(row.psaCode, by);
      const number = row.number.replace(/\.\d+\./, `.${/\d+/.exec(psaCode)?.[0] ?? ''}.`);
      numbers.set(row.number, number);
      return { ...row, number, psaCode };
    }
  );
  return { rows: changed.rows, numbers };
}

/** The PSA code becomes that of another project, the nearest in the list of codes; the number stays right. */
function contradict(rows: ErpProjectRow[], except: Set<string>, projects: string[], draw: Draw) {
  const codes = projects.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const places = new Map(codes.map((code, at) => [code, at]));
  const able = codes.length < 2 ? [] : rows.filter(({ number }) => !except.has(number));
  const chosen = draw.choose(able, Math.round(rows.length * contradictoryShare), ({ number }) => number);
  return {
    changed: chosen.size,
    rows: rows.map((row) => {
      if (!chosen.has(row)) return row;
      const at = places.get(row.psaCode);
      if (at === undefined) throw new Error(`${row.number} belongs to no project: ${row.psaCode}`);
      return { ...row, psaCode: codes[at + 1] ?? codes[at - 1] ?? row.psaCode };
    })
  };
}

function change<Row>(
  rows: Row[],
  draw: Draw,
  share: number,
  key: (row: Row) => string,
  changed: (row: Row, draw: Draw) => Row
): { rows: Row[]; changed: number } {
  const chosen = draw.choose(rows, Math.round(rows.length * share), key);
  return { changed: chosen.size, rows: rows.map((row) => (chosen.has(row) ? changed(row, draw) : row)) };
}

/** What fingers make of `PRJ-1042`: two digits swapped, a digit doubled, a key that sticks. The order is drawn. */
export function mistypings(code: string, draw: Draw): string[] {
  const [, prefix = '', digits = ''] = /^(\D*)(\d+)/.exec(code) ?? [];
  const made: string[] = [];
  for (let at = 0; at < digits.length; at++) {
    const [before, digit = '', next = '', after] = [
      digits.slice(0, at),
      digits[at],
      digits[at + 1],
      digits.slice(at + 2)
    ];
    if (next !== '' && next !== digit) made.push(`${before}${next}${digit}${after}`);
    made.push(`${before}${digit}${digits.slice(at)}`);
  }
  const places = made.map((text) => ({ text, place: draw.of(`${code} as ${text}`) }));
  const likely = places.sort((a, b) => a.place - b.place).map(({ text }) => text);
  const stuck = Array.from(digits, (digit, at) => digits.slice(0, at) + digit.repeat(3) + digits.slice(at + 1));
  return [...new Set([...likely, ...stuck])]
    .filter((text) => text !== digits && text.startsWith('0') === digits.startsWith('0'))
    .map((text) => prefix + text);
}
