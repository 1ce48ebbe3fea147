import { describe, expect, test } from 'vitest';
import { Calendar, hoursPerDay } from '#models/calendar/calendar.ts';

const office: [string, string][] = [['09:00', '17:00']];
const problem = (input: object) => {
  const { error } = Calendar.safeParse({ zone: 'Europe/Berlin', weekly: { mon: office }, ...input });
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join();
};

describe('a calendar', () => {
  test('fills in what was left out', () => {
    const read = Calendar.parse({ zone: 'Asia/Kolkata', weekly: { mon: office } });
    expect(read).toMatchObject({ holidays: [], exceptions: {}, version: 1, weekly: { mon: office, sun: [] } });
    expect(Calendar.parse(JSON.parse(JSON.stringify(read)))).toEqual(read);
  });

  test.each([
    [{ zone: 'Berlin' }, 'IANA'],
    [{ zone: '+02:00' }, 'IANA'],
    [{ weekly: { mon: [['9:00', '17:00']] } }, 'weekly.mon.0.0: a start'],
    [{ weekly: { mon: [['24:00', '07:00']] } }, 'a start'],
    [{ weekly: { mon: [['09:00', '24:01']] } }, 'an end'],
    [{ weekly: { mon: [['09:00', '09:00']] } }, 'no length'],
    [
      {
        weekly: {
          mon: [
            ['13:00', '17:00'],
            ['09:00', '13:30']
          ]
        }
      },
      'overlap'
    ],
    [
      {
        weekly: {
          mon: [
            ['22:00', '06:00'],
            ['23:00', '24:00']
          ]
        }
      },
      'overlap'
    ],
    [{ weekly: { monday: office } }, 'monday'],
    [{ weekly: {} }, 'no working time'],
    [{ holidays: ['2024-02-30'] }, 'holidays.0'],
    [{ exceptions: { tomorrow: [] } }, 'exceptions'],
    [{ version: 0 }, 'version']
  ])('refuses %j', (input, reason) => {
    expect(problem(input)).toContain(reason);
  });

  test.each([
    [{ weekly: { mon: [['00:00', '24:00']] } }],
    [
      {
        weekly: {
          mon: [
            ['13:00', '17:00'],
            ['09:00', '13:00']
          ]
        }
      }
    ],
    [{ weekly: {}, exceptions: { '2024-06-01': office } }]
  ])('accepts %j', (input) => {
    expect(problem(input)).toBeUndefined();
  });

  test('knows the length of its usual day', () => {
    const week = (weekly: object) => hoursPerDay(Calendar.parse({ zone: 'UTC', weekly }));
    expect(
      week({
        mon: [
          ['09:00', '12:00'],
          ['13:00', '17:30']
        ],
        tue: [['09:00', '16:30']],
        fri: [['09:00', '13:00']]
      })
    ).toBe(7.5);
    expect(week({ mon: [['22:00', '06:00']], tue: [['08:00', '12:00']] })).toBe(8);
    expect(hoursPerDay(Calendar.parse({ zone: 'UTC', weekly: {}, exceptions: { '2024-06-01': office } }))).toBe(8);
  });
});
