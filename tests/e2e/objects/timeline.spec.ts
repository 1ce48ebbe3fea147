import type { Page } from '@playwright/test';
import { expect, expectAccessible, settled, test } from '../page-test.ts';
import { projectLog, systems } from '../project-log.ts';

// The first imports what the others look at.
test.describe.configure({ mode: 'serial' });

const project = '/cases/PJ-1?log=projects&view=project';

test('an object-centric file of several systems is imported', async ({ page, request, baseURL }) => {
  const upload = await request.post(`${baseURL}/api/v1/uploads?name=projects.json`, {
    data: Buffer.from(projectLog())
  });
  expect(upload.status()).toBe(201);
  const { upload: id } = (await upload.json()) as { upload: string };
  const started = await request.post(`${baseURL}/api/v1/imports`, {
    data: {
      log: 'projects',
      uploads: [{ upload: id, name: 'projects.json' }],
      mapping: { system: 'system', recorded_at: 'recorded' }
    }
  });
  expect(started.status()).toBe(202);
  await page.goto('/data?log=projects');
  await settled(page);
  await expect(page.getByRole('region', { name: 'Import of projects' })).toContainText('is loaded');
  await expect(page.getByRole('region', { name: /^What was loaded into projects/ })).toContainText('projects.json');
});

test('a case stands in a lane for each system, readable and accessible', async ({ page }) => {
  await page.goto(project);
  await settled(page);
  const timeline = page.getByRole('group', { name: 'Timeline, lanes by system' });
  for (const system of systems) await expect(timeline.getByText(system, { exact: true })).toBeVisible();
  await expect(timeline.getByRole('button', { name: /^61 × Time booked, 411 h/ })).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const scale of [1, 2, 3]) {
    expect(await overlapping(page), `labels that overlap at scale step ${scale}`).toEqual([]);
    await page.getByRole('button', { name: 'Closer' }).click();
  }
  // Closer by three steps, the run has come apart.
  await expect(timeline.getByRole('button', { name: /^Time booked, / }).first()).toBeAttached();
  await page.getByRole('button', { name: 'Whole', exact: true }).click();
  await expect(timeline.getByRole('button', { name: /^61 × Time booked/ })).toBeVisible();
});

test('an event says when it happened, was recorded and taken in, and which record it is', async ({ page }) => {
  await page.goto(project);
  await settled(page);
  const timeline = page.getByRole('group', { name: 'Timeline, lanes by system' });
  const signed = timeline.getByRole('button', { name: /^Contract signed/ });
  await signed.hover();
  const tip = page.getByRole('tooltip', { name: 'Contract signed' });
  for (const words of ['happened', 'recorded', 'ingested', 'Ada Brandt (P01)', 'contract CT-1', 'projects.json, row'])
    await expect(tip).toContainText(words);
  await page.keyboard.press('Escape');
  await expect(tip).toBeHidden();
  await signed.click();
  const card = page.getByRole('dialog', { name: 'Contract signed' });
  await expect(card.getByRole('button', { name: 'Show in the list' })).toBeFocused();
  await page.keyboard.press('Enter');
  const listed = page.getByRole('region', { name: /^Events/ }).getByRole('button', { name: 'Contract signed' });
  await expect(listed).toBeFocused();
  await expect(listed).toHaveAttribute('aria-expanded', 'true');
});

test('keys move from event to event and from lane to lane', async ({ page }) => {
  await page.goto(project);
  await settled(page);
  const timeline = page.getByRole('group', { name: 'Timeline, lanes by system' });
  const first = timeline.getByRole('button', { name: /^Deal created/ });
  await first.focus();
  await page.keyboard.press('ArrowRight');
  await expect(timeline.getByRole('button', { name: /^Proposal sent/ })).toBeFocused();
  await page.keyboard.press('End');
  await expect(timeline.getByRole('button', { name: /^Deal won/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(timeline.getByRole('button', { name: /^Project created/ })).toBeFocused();
  await expect(page.getByRole('tooltip', { name: 'Project created' })).toBeVisible();
  await page.keyboard.press('+');
  await expect(timeline.getByRole('button', { name: /^Project created/ })).toBeFocused();
});

test('lanes by object: many of a type share one until it is opened; the choice stands in the address', async ({
  page
}) => {
  await page.goto(project);
  await settled(page);
  await page.getByRole('combobox', { name: /^lanes by/ }).selectOption('object');
  await expect(page).toHaveURL(/lanes=object/);
  const timeline = page.getByRole('group', { name: 'Timeline, lanes by object' });
  await timeline.getByRole('button', { name: '6 milestones' }).click();
  await expect(timeline.getByText('M-14', { exact: true })).toBeVisible();
  await timeline.getByRole('button', { name: 'Fold milestone lanes into one' }).first().click();
  await expect(timeline.getByText('M-14', { exact: true })).toHaveCount(0);
  await page.reload();
  await expect(timeline).toBeVisible();
});

test('objects stand as a tree, and one of them narrows timeline and list', async ({ page }) => {
  await page.goto(project);
  await settled(page);
  const objects = page.getByRole('region', { name: /^Objects around it/ });
  await expect(objects.getByRole('link', { name: 'C-7' })).toBeVisible();
  await objects.getByText('6 milestones', { exact: false }).click();
  // The invoice hangs on its milestone, not on the ledger's project beside it.
  const milestone = objects
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name: 'M-13', exact: true }) });
  await expect(milestone.last().getByRole('link', { name: 'IN-13' })).toBeVisible();
  await objects.getByRole('link', { name: 'M-13', exact: true }).click();
  await expect(page).toHaveURL(/object=milestone%3AM-13/);
  await expect(page.getByText('Only what touched milestone M-13: 3 of 99 events.')).toBeVisible();
  await expect(page.getByRole('region', { name: /^Events/ })).toContainText('n = 3');
  await page.getByRole('link', { name: 'Show all', exact: true }).click();
  await expect(page.getByRole('region', { name: /^Events/ })).toContainText('n = 99');
});

/** Pairs of labels in one lane that share space. */
function overlapping(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const lane of document.querySelectorAll('.lane')) {
      const boxes = [...lane.querySelectorAll('[data-mark] span')].map((node) => ({
        text: node.textContent,
        box: node.getBoundingClientRect()
      }));
      for (const [index, a] of boxes.entries())
        for (const b of boxes.slice(index + 1))
          if (
            a.box.left < b.box.right - 1 &&
            b.box.left < a.box.right - 1 &&
            a.box.top < b.box.bottom &&
            b.box.top < a.box.bottom
          )
            found.push(`${a.text} / ${b.text}`);
    }
    return found;
  });
}
