import type { DoctorReport } from '../../../protocol';
import type { CommandDefinition } from '../context';
import { formatBytes, formatTable, printJson } from '../output';

export const doctorCommand: CommandDefinition = (program, { engine, stdout }) => {
  program
    .command('doctor')
    .description('the machine, backends, memory, models, and what is missing with its remedy')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: boolean }) => {
      const report = await engine.doctor();
      if (options.json) printJson(stdout, report);
      else stdout.write(describe(report));
    });
};

function describeDevice({ mlxDevice, mlx: { memoryBytes, requested } }: DoctorReport): string {
  if (mlxDevice === 'none') return 'none';
  return `${mlxDevice}, ${formatBytes(memoryBytes)}, ${requested ? `as PTERON_DEVICE=${requested} asks` : 'chosen by itself'}`;
}

function describeLibrary({ mlxDevice, mlx: { version, library } }: DoctorReport): string {
  if (version) return `libmlx ${version}${library ? ` (${library})` : ''}`;
  return mlxDevice === 'none' ? 'none' : "part of ExecuTorch's";
}

function describe(report: DoctorReport): string {
  const { cpu, memoryBytes, models, problems } = report;
  const facts = [
    ['Pteron', `${report.engineVersion} on ${report.platform}, Node ${report.node}`],
    ['CPU', `${cpu.model}, ${cpu.threads} threads${cpu.features.length > 0 ? `, ${cpu.features.join(' ')}` : ''}`],
    ['Memory', `${formatBytes(memoryBytes.available)} of ${formatBytes(memoryBytes.total)} available`],
    ['Backends', report.backends.join(', ') || 'none'],
    ['MLX device', describeDevice(report)],
    ['MLX library', describeLibrary(report)],
    ['Store', report.home],
  ].map(([name, value]) => `${name!.padEnd(13)}${value}\n`);
  const rows = models.map(({ id, role, quantization, bytes }) => [id, role, quantization, formatBytes(bytes)]);
  const list = rows.length > 0 ? `\n${formatTable(['MODEL', 'ROLE', 'WEIGHTS', 'SIZE'], rows)}` : '';
  const findings = problems.map(({ code, message, remedy }) => `✗ ${code}: ${message} ${remedy}\n`);
  return `${facts.join('')}${list}\n${findings.length > 0 ? findings.join('') : '✓ Everything needed is there.\n'}`;
}
