#!/usr/bin/env node
import { BadInput, BadUse, NotFound } from '#models/log/errors.ts';
import { StoreBusy } from '#models/store/store.ts';
import { viewCommand } from './commands/view.ts';
import { calendarCommand } from './commands/calendar.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { importCommand } from './commands/import.ts';
import { logsCommand } from './commands/logs.ts';
import { mineCommand } from './commands/mine.ts';
import { nowCommand } from './commands/now.ts';
import { qualityCommand } from './commands/quality.ts';
import { referencesCommand } from './commands/references.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { deliveriesCommand } from './commands/deliveries.ts';
import { slaCommand } from './commands/sla.ts';
import { targetsCommand } from './commands/targets.ts';

/** 0 done, 2 bad use, 3 bad input, 1 otherwise. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Command {
  /** How it is called, without the program's name. */
  usage: string;
  about: string;
  run(args: string[]): Promise<ExitCode>;
}

const commands: Record<string, Command> = {
  import: importCommand,
  logs: logsCommand,
  mine: mineCommand,
  view: viewCommand,
  calendar: calendarCommand,
  simulate: simulateCommand,
  now: nowCommand,
  quality: qualityCommand,
  references: referencesCommand,
  sla: slaCommand,
  targets: targetsCommand,
  deliveries: deliveriesCommand,
  serve: serveCommand,
  demo: demoCommand,
  doctor: doctorCommand
};

const help = () => `Throughline: process mining for professional-services firms.

Usage: throughline COMMAND [options]

${Object.values(commands)
  .map(({ usage, about }) => `  ${usage}\n      ${about}`)
  .join('\n')}

Every command takes --store DIR (or THROUGHLINE_STORE) and --help.
Exit codes: 0 done, 2 bad use, 3 bad input, 1 otherwise.`;

async function main([name, ...args]: string[]): Promise<ExitCode> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(help());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    const { default: manifest } = (await import('../../package.json', { with: { type: 'json' } })) as {
      default: { version: string };
    };
    console.log(manifest.version);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new BadUse(`there is no command "${name}"`, `commands: ${Object.keys(commands).join(', ')}`);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(`throughline ${command.usage}\n\n${command.about}`);
    return 0;
  }
  return command.run(args);
}

function explain(error: unknown): ExitCode {
  const isArgument = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  const isUse = error instanceof BadUse || error instanceof NotFound || isArgument;
  const fix = isArgument ? 'see throughline --help' : (error as { fix?: string }).fix;
  console.error(`throughline: ${error instanceof Error ? error.message : String(error)}`);
  if (fix) console.error(`  ${fix}`);
  if (isUse) return 2;
  if (error instanceof BadInput) return 3;
  if (!(error instanceof StoreBusy) && process.env['THROUGHLINE_DEBUG'] && error instanceof Error)
    console.error(error.stack);
  return 1;
}

process.exitCode = await main(process.argv.slice(2)).catch(explain);
