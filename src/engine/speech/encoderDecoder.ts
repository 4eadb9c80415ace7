import { PteronError } from '../../protocol';
import type { LanguageModelInfo, Program, Session, Tensor, TensorInfo } from '../native/addonTypes';
import { tensorOfFloats } from '../native/floats';
import { languageModelOf } from '../native/languageModel';
import { DecoderLanes } from './decoderLanes';

/** Of Whisper, whatever its size; for decoders that do not say. */
const whisperContext = 448;

/** A method that makes tensors from one tensor. */
interface Stage {
  readonly program: Program;
  readonly method: string;
  readonly input: TensorInfo;
  readonly outputs: readonly TensorInfo[];
}

/**
 * A speech model that hears with one part and writes with another, whoever exported it: a decoder with inputs that stay the
 * same for a whole sound, and the stages that compute them. ExecuTorch's export of Whisper has two (`encoder`: log-mel
 * features → encoded sound, `cross_kv`: → each layer's keys and values), in a program each; the Hub's ready-made Whisper one
 * (`encode`: samples → encoded sound), in the decoder's own program. The stages are found by what fits to what, not by name.
 */
export class EncoderDecoder {
  private constructor(
    private readonly stages: readonly Stage[],
    readonly decoder: LanguageModelInfo,
    /** The decoder's, after `encode`. */
    readonly lanes: DecoderLanes,
  ) {}

  /** The programs stay the caller's. @throws program_unsupported where they are no such model, or a part is missing */
  static of(programs: readonly Program[]): EncoderDecoder {
    const decoder = findDecoder(programs);
    if (!decoder) throw unsupported('none of its methods is a decoder: (tokens, position, what was heard …) → logits');
    const { program, method, info } = decoder;
    const stages = stagesBefore(info.given, programs);
    if (stages.length === 0) {
      throw unsupported(`no method makes what its decoder is given: ${info.given.map(describe).join(', ')}`);
    }
    const contextLength = info.context ?? whisperContext;
    return new EncoderDecoder(stages, info, new DecoderLanes(() => program.createSession({ contextLength, method })));
  }

  /** One of its lanes, for a caller that needs no other: `prefill` and `decode` it after `encode`. */
  get session(): Session {
    return this.lanes.first;
  }

  /** What `encode` takes: log-mel features [1, mels, frames], or samples [n]; upper bounds. */
  get input(): TensorInfo {
    return this.stages[0]!.input;
  }

  /** Hears a new sound and begins a new sequence. `values`: row-major. @throws invalid_argument, inference_failed */
  async encode(values: Float32Array): Promise<void> {
    let tensors: Tensor[] = [tensorOfFloats(values, this.input)];
    for (const { program, method } of this.stages) tensors = await program.run(method, tensors);
    this.lanes.provide(tensors);
  }

  dispose(): void {
    this.lanes.dispose();
  }
}

/** Whether the programs are a speech model, or a part of one. */
export const speechPartsOf = (programs: readonly Program[]): boolean => findDecoder(programs) !== null;

interface Decoder {
  readonly program: Program;
  readonly method: string;
  readonly info: LanguageModelInfo;
}

function findDecoder(programs: readonly Program[]): Decoder | null {
  for (const program of programs) {
    for (const { name: method } of program.methods) {
      const info = languageModelOf(program, method);
      if (info && info.given.length > 0) return { program, method, info };
    }
  }
  return null;
}

/** The chain of methods that ends with one whose outputs are `wanted`, first stage first. */
function stagesBefore(wanted: readonly TensorInfo[], programs: readonly Program[]): Stage[] {
  const candidates = programs.flatMap(stagesOf);
  const chain: Stage[] = [];
  for (let next = wanted; ; next = [chain[0]!.input]) {
    const found = candidates.find((stage) => !chain.includes(stage) && fits(stage.outputs, next));
    if (!found) return chain;
    chain.unshift(found);
  }
}

function stagesOf(program: Program): Stage[] {
  return program.methods.flatMap(({ name, inputs, outputs }) => {
    const [input, ...others] = inputs;
    return input?.kind === 'tensor' && others.length === 0 ? [{ program, method: name, input, outputs }] : [];
  });
}

const fits = (made: readonly TensorInfo[], wanted: readonly TensorInfo[]): boolean =>
  made.length === wanted.length && made.every((tensor, i) => describe(tensor) === describe(wanted[i]!));

const describe = ({ dtype, shape }: TensorInfo): string => `${dtype}[${shape.join(', ')}]`;

function unsupported(why: string): PteronError {
  return new PteronError(
    'program_unsupported',
    `This is no speech model that is known here: ${why}.`,
    'Give all parts of one export: Whisper as ExecuTorch exports it (encoder.pte, cross_kv.pte, decoder.pte), or a program with the methods encode and decode.',
  );
}
