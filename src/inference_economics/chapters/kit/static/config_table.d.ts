// What own.py writes for config_reader.js, for the type checker: models/config_keys.toml as Python reads it.

export interface Spec {
  default?: number | boolean | string;
  null?: number | boolean | string;
  only?: number | boolean | string;
  least?: number;
  also?: string[];
  words?: Record<string, number | boolean | string>;
  truth?: unknown;
  each?: boolean;
  list?: boolean;
  every?: string;
}
export interface Listed {
  list?: string;
  at?: string;
  first?: number;
  is: (string | number)[];
  known?: (string | number)[];
  else?: number | boolean | string;
  longer?: boolean;
}
export type Rule = number | boolean | string | { one_in: number | string };
export interface Family {
  required: string[];
  ignored: string[];
  keys: Record<string, Spec>;
  terms: Record<string, Rule | Listed>;
  row: Record<string, Rule>;
  model: Record<string, Rule>;
  mtp: Record<string, Rule>;
  refuse: { when: string; say: string }[];
}
/** A program of a model's row of numbers, and where its results stand. */
export interface OfRow {
  program: import("../../../../kernelless/static/program.js").Program;
  at: number[];
}
export const CONFIG_TABLE: {
  families: Record<string, Family>;
  types: Record<string, string>;
  limits: { layers: number; number: number; context: number; parameters: number };
  none: { keys: string[] };
  ignored: { keys: string[]; parts: string[] };
  nested: { key: string; keys: string[]; types: Record<string, string> };
  max_context: { keys: string[] };
  summed_norms: Record<string, string[]>;
  labels: string[];
  /** A row's fields in order, and what each is where no rule says. */
  each: [string, number][];
  alone: string[];
  kinds: number;
  needs: Record<string, string[]>;
  needs_all: Record<string, string[]>;
  flags: string[];
  /** How many parameters a row has. */
  count: OfRow;
};
