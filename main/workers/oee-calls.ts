import type { ShiftRevised } from '../../shared/domain/oee-action.ts';
import type { OeeDesk } from '../engine/ports.ts';
import { describeError, EngineError, type EngineErrorCode, isEngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';

type OeeCallName = Exclude<keyof OeeDesk, 'onRevised'>;

/** A call of the OEE desk on its way into the thread. */
export type OeeQuestion = {
  [Name in OeeCallName]: { readonly name: Name; readonly input: Parameters<OeeDesk[Name]>[0] };
}[OeeCallName];

/** What came back: errors cross a thread without their class, so their code travels beside the sentence. */
export type OeeAnswer =
  | { readonly phase: 'answered'; readonly value: unknown }
  | { readonly phase: 'failed'; readonly code: EngineErrorCode; readonly text: string };

/** Puts a question to the desk of this thread; never rejects. */
export async function answerOee(desk: OeeDesk, { name, input }: OeeQuestion): Promise<OeeAnswer> {
  try {
    // A question is made with the input of its own name.
    const ask = desk[name] as (input: unknown) => Promise<unknown>;
    return { phase: 'answered', value: await ask.call(desk, input) };
  } catch (error) {
    const code = isEngineError(error) ? error.code : 'oee/unexpected';
    return { phase: 'failed', code, text: describeError(error) };
  }
}

/** The desk of the ingest thread, seen from the thread of the engine. */
export class RemoteOeeDesk implements OeeDesk {
  readonly #send: (id: number, question: OeeQuestion) => boolean;
  readonly #asked = new Map<number, (answer: OeeAnswer) => void>();
  readonly #revised = new EventSource<ShiftRevised>();
  #lastAskedId = 0;

  /** `send` gives false while there is no thread that could answer. */
  constructor(send: (id: number, question: OeeQuestion) => boolean) {
    this.#send = send;
  }

  readonly shift: OeeDesk['shift'] = (input) => this.#ask({ name: 'shift', input });
  readonly shifts: OeeDesk['shifts'] = (input) => this.#ask({ name: 'shifts', input });
  readonly explain: OeeDesk['explain'] = (input) => this.#ask({ name: 'explain', input });
  readonly samples: OeeDesk['samples'] = (input) => this.#ask({ name: 'samples', input });
  readonly act: OeeDesk['act'] = (input) => this.#ask({ name: 'act', input });
  readonly reasonUsage: OeeDesk['reasonUsage'] = (input) => this.#ask({ name: 'reasonUsage', input });

  onRevised(listener: (revised: ShiftRevised) => void): () => void {
    return this.#revised.on(listener);
  }

  shiftRevised(revised: ShiftRevised): void {
    this.#revised.emit(revised);
  }

  answered(id: number, answer: OeeAnswer): void {
    this.#asked.get(id)?.(answer);
    this.#asked.delete(id);
  }

  /** The thread is gone: nobody answers what was asked any more. */
  threadEnded(): void {
    for (const id of [...this.#asked.keys()]) this.answered(id, GONE);
  }

  async #ask<T>(question: OeeQuestion): Promise<T> {
    const id = (this.#lastAskedId += 1);
    const answer = await new Promise<OeeAnswer>((resolve) => {
      this.#asked.set(id, resolve);
      if (!this.#send(id, question)) this.answered(id, GONE);
    });
    if (answer.phase === 'failed') throw new EngineError(answer.code, answer.text);
    // The thread runs the same program: what it answers is of the type of the question.
    return answer.value as T;
  }
}

const GONE: OeeAnswer = {
  phase: 'failed',
  code: 'oee/not-running',
  text: 'The part of the program that computes OEE is not running at this moment: try again in some seconds.',
};
