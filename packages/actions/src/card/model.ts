import type { Assurance } from '@airlock/protocol';
import type { RiskMark } from '../render/marks.js';

/** What the approver's own record says about the other side; never taken from the request (APPR-180). */
export interface PairingView {
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  readonly assurance: Assurance;
  /** Announced capabilities of this approver: `same-host` and `unprotected-key` become warnings (PAIR-225). */
  readonly capabilities: readonly string[];
}

/** One value, rendered. Show `text` as it is: nothing of the value is outside it. */
export interface CardValue {
  /** Output of `render`: printable and injective; `displayLines` cuts it for display. */
  readonly text: string;
  /** UTF-8 bytes of the raw value. */
  readonly bytes: number;
  /** Lines of the raw value. */
  readonly lines: number;
}

/** A labelled part of a card. */
export interface CardField {
  /** Fixed text of ours, never taken from the action. */
  readonly label: string;
  /** `line`: one short value. `list`: one value per row, each with visible edges. `block`: isolated text. */
  readonly shape: 'line' | 'list' | 'block';
  readonly values: readonly CardValue[];
}

/** The complete human view of one action. Nothing that is hashed is missing from it. */
export interface DisplayCard {
  /** Fixed text for the kind of action. */
  readonly title: string;
  readonly origin: {
    readonly enforcerLabel: CardValue;
    readonly workspace: CardValue;
    readonly assurance: Assurance;
    /** Fixed sentences about this pairing. */
    readonly warnings: readonly string[];
  };
  /** What the enforcer resolved itself. */
  readonly computed: readonly CardField[];
  /** What the agent or the host says. */
  readonly claimed: readonly CardField[];
  /** The computed fields that say in short what will happen, for repeating them where the eye ends; may be empty. */
  readonly essence: readonly CardField[];
  readonly marks: readonly RiskMark[];
  /** Facts of ART-145 in words; an unknown one by its rendered name. */
  readonly notices: readonly string[];
  /** Of all computed and claimed values. Approve stays disabled until all of them were on screen. */
  readonly size: {
    readonly bytes: number;
    readonly lines: number;
    /** Simple commands in the text that a shell reads, or 1. */
    readonly commands: number;
    readonly values: number;
  };
}
