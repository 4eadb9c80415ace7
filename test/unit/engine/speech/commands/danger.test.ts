import { describe, expect, it } from 'vitest';
import { isDangerous } from '../../../../../src/engine/speech/commands/danger';
import { interpretSpeech } from '../../../../../src/engine/speech/commands/interpretSpeech';
import { builtInRules } from '../../../../../src/engine/speech/commands/rules';
import type { PaletteCommand, SpokenOutcome } from '../../../../../src/protocol';

const dangerous = (id: string, title: string) => isDangerous({ id, title }, builtInRules());

describe('isDangerous', () => {
  it.each([
    ['docker.containers.prune', 'Prune Containers'],
    ['aws.deployStack', 'Deploy'],
    ['azure.vm.deleteVM', 'VM'],
    ['x.y', 'Run Arbitrary Script'],
    ['git.push', 'Push'],
    ['deleteFile', 'Delete'],
    ['workbench.action.terminal.sendSequence', 'Send Sequence'],
    ['workbench.action.files.revert', ''],
    ['git.commitAmend', 'Commit (Amend)'],
  ])('%s (%s)', (id, title) => {
    expect(dangerous(id, title)).toBe(true);
  });

  it.each([
    ['undo', 'Undo'],
    ['editor.action.deleteLines', 'Delete Line'],
    ['testing.runAll', 'Run All Tests'],
    ['workbench.action.zoomReset', 'Reset Zoom'],
    ['markdown.showPreview', 'Open Preview'],
    ['x.prunella', 'Show Prunella'],
  ])('not %s (%s)', (id, title) => {
    expect(dangerous(id, title)).toBe(false);
  });
});

describe('what is dangerous', () => {
  const commands: readonly PaletteCommand[] = [
    { id: 'cloud.destroy', title: 'Destroy All Servers' },
    { id: 'cloud.list', title: 'List All Servers' },
  ];
  const outcomeOf = async (...alternatives: string[]): Promise<SpokenOutcome> => {
    const document = { languageId: 'typescript', text: 'const a = 1;\n' };
    const phrases = [{ say: 'ship it [now]', command: 'git.push', confirm: false }];
    return (await interpretSpeech({ alternatives, document, commands, phrases, files: ['a.ts'] })).outcome;
  };

  it('asks first by the palette, by own phrases and by another alternative of the recogniser', async () => {
    expect(await outcomeOf('destroy all servers')).toMatchObject({ kind: 'confirm', why: 'dangerous' });
    expect(await outcomeOf('list all servers')).toMatchObject({ kind: 'run' });
    expect(await outcomeOf('ship it now')).toMatchObject({ kind: 'confirm', why: 'dangerous' });
    expect(await outcomeOf('gibberish helicopter', 'delete file a')).toMatchObject({
      kind: 'confirm',
      why: 'dangerous',
    });
  });

  it.each([
    'push git',
    'file delete',
    'bush',
    'get bush',
    'git bush force',
    'please push it',
    'hard re set',
    'delete a file',
    'close with out saving',
  ])('is never run by mishearing: %j', async (said) => {
    const outcome = await outcomeOf(said);
    if (outcome.kind === 'run') expect(outcome.command.dangerous).toBe(false);
    expect(['git.push', 'git.pushForce', 'deleteFile']).not.toContain(
      outcome.kind === 'run' && outcome.command.command,
    );
  });
});
