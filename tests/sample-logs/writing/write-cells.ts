/** Writes small cells of the fake firm and prints the peak of its memory: run as a process with a small heap. */
import { writeFirm } from '#sample-logs/writing/write-firm.ts';
import { fakeFirm, now } from './fake-firm.ts';

const [directory = '', cells = '1'] = process.argv.slice(2);
const projectsPerCell = 200;
const projects = projectsPerCell * Number(cells);
const { exports } = await writeFirm({ seed: 7, projects, directory, now, simulate: fakeFirm, projectsPerCell });
const rows = Object.values(exports).reduce((sum, file) => sum + file.rows, 0);
process.stdout.write(JSON.stringify({ rows, peak: process.resourceUsage().maxRSS * 1024 }));
