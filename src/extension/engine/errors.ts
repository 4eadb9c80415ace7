/** Whatever a request throws → a PteronError, in one place. */
import { isErrorData, PteronError } from '../../protocol/errors';
import type { EngineExit } from './process';

const restartRemedy = 'It is started again by itself; try once more.';

export function engineExited(exit: EngineExit & { readonly cause?: Error }): PteronError {
  if (exit.cause)
    return new PteronError('engine_exited', `The engine could not be started: ${exit.cause.message}.`, restartRemedy);
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with exit code ${exit.code}`;
  const likely = exit.signal === 'SIGKILL' ? ' A process ended this way often ran out of memory.' : '';
  return new PteronError('engine_exited', `The engine process ${how}.${likely}`, restartRemedy);
}

export function engineGivenUp(last: PteronError, crashes: number): PteronError {
  return new PteronError(
    'engine_exited',
    `The engine crashed ${crashes} times in a minute. ${last.message}`,
    'See the Pteron output channel, then run “Pteron: Restart Engine”.',
  );
}

export function protocolMismatch(engine: number, extension: number): PteronError {
  return new PteronError(
    'internal',
    `The engine speaks protocol ${engine}, this extension ${extension}.`,
    'Reinstall the extension: its parts are of different versions.',
  );
}

export function noModel(role: 'completion' | 'chat' | 'speech', wanted: string, home: string): PteronError {
  const what = wanted === '' ? `No ${role} model is installed` : `The ${role} model “${wanted}” is not installed`;
  const where = home === '' ? '' : ` in ${home}`;
  const add = 'copy its folder into “models” of the model store (in a checkout, “npm run setup” makes the demo models)';
  const remedy =
    wanted === ''
      ? `To install one, ${add}, or point the setting pteron.home at a store that has one.`
      : `Choose another with “Pteron: Choose ${role.charAt(0).toUpperCase()}${role.slice(1)} Model”, or ${add}.`;
  return new PteronError('model_not_found', `${what}${where}.`, remedy);
}

export function toPteronError(error: unknown): PteronError {
  if (error instanceof PteronError) return error;
  const data = (error as { readonly data?: unknown } | undefined)?.data; // of a JSON-RPC ResponseError
  if (error instanceof Error && isErrorData(data)) {
    return new PteronError(data.code, error.message, data.remedy, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new PteronError('internal', message, 'This is a defect: see the Pteron output channel and report it.', {
    cause: error,
  });
}
