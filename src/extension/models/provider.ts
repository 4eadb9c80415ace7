/** The installed chat models as VS Code language models, so that its own chat and other extensions can use them. */
import * as vscode from 'vscode';
import type { ChatMessage, ModelSummary } from '../../protocol';
import type { EngineClient } from '../engine/client';
import { toPteronError } from '../engine/errors';
import type { Log } from '../log';
import type { ModelCatalogue } from './catalogue';
import { tokenBudget } from './tokenBudget';

export const vendor = 'pteron';

export class LanguageModelProvider implements vscode.LanguageModelChatProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeLanguageModelChatInformation = this.changed.event;
  private known = '';
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly engine: EngineClient,
    private readonly catalogue: ModelCatalogue,
    private readonly log: Log,
  ) {
    this.subscription = catalogue.onDidChange((models) => {
      const ids = models.map((model) => model.id).join();
      if (ids !== this.known) this.changed.fire();
      this.known = ids;
    });
  }

  async provideLanguageModelChatInformation(): Promise<vscode.LanguageModelChatInformation[]> {
    try {
      const models = await this.catalogue.installed();
      this.known = models.map((model) => model.id).join();
      return models.filter((model) => model.role === 'chat').map(toInformation);
    } catch (error) {
      this.log.warn(`language models: ${toPteronError(error).toString()}`);
      return [];
    }
  }

  async provideLanguageModelChatResponse(
    model: vscode.LanguageModelChatInformation,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const sampling = samplingOf(options.modelOptions);
    const params = { model: model.id, messages: messages.map(toMessage), maxTokens: model.maxOutputTokens, sampling };
    await this.engine.chat(params, (text) => progress.report(new vscode.LanguageModelTextPart(text)), token);
  }

  provideTokenCount(
    model: vscode.LanguageModelChatInformation,
    text: string | vscode.LanguageModelChatRequestMessage,
    token: vscode.CancellationToken,
  ): Promise<number> {
    const plain = typeof text === 'string' ? text : textOf(text);
    return this.engine.countTokens({ model: model.id, text: plain }, token);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

function toInformation(model: ModelSummary): vscode.LanguageModelChatInformation {
  const { input, output } = tokenBudget(model.contextLength);
  return {
    id: model.id,
    name: model.name,
    family: model.family,
    version: '1',
    detail: 'Pteron, on this machine',
    tooltip: `${model.name}, ${model.quantization}, ${model.contextLength} tokens of context. Nothing leaves this machine.`,
    maxInputTokens: input,
    maxOutputTokens: output,
    capabilities: {},
  };
}

function toMessage(message: vscode.LanguageModelChatRequestMessage): ChatMessage {
  const role = message.role === vscode.LanguageModelChatMessageRole.Assistant ? 'assistant' : 'user';
  return { role, content: textOf(message) };
}

/** The text parts; tool calls and images are not announced in `capabilities`. */
function textOf(message: vscode.LanguageModelChatRequestMessage): string {
  return message.content
    .filter((part): part is vscode.LanguageModelTextPart => part instanceof vscode.LanguageModelTextPart)
    .map((part) => part.value)
    .join('');
}

function samplingOf(options: Readonly<Record<string, unknown>> | undefined): { temperature?: number } {
  const temperature = options?.['temperature'];
  return typeof temperature === 'number' && temperature >= 0 && temperature <= 2 ? { temperature } : {};
}
