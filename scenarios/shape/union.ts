import fc, { type Arbitrary } from 'fast-check';
import { choice } from './choice.ts';
import { listed, ScenarioProblem, shown } from './problem.ts';
import { type FieldsOf, record } from './record.ts';
import type { Attempt, Shape } from './shape.ts';

/** For each word that may stand in the field `Tag`, the other fields there are then. */
export type VariantsOf<T, Tag extends keyof T> = {
  readonly [Word in T[Tag] & string]: FieldsOf<Omit<Extract<T, { readonly [K in Tag]: Word }>, Tag>>;
};

/** One of several kinds of objects, told apart by the word in one field. `what` is the noun for a sentence. */
export function union<T extends object, Tag extends keyof T & string>(
  what: string,
  tag: Tag,
  variants: VariantsOf<T, Tag>,
): UnionShape<T> {
  const shapes = Object.entries(variants).map(([word, fields]): [string, Shape<T>] => [
    word,
    record({ [tag]: choice([word], word), ...(fields as object) } as unknown as FieldsOf<T>),
  ]);
  return new UnionShape<T>(what, tag, new Map(shapes));
}

export class UnionShape<T extends object> implements Shape<T> {
  private readonly what: string;
  private readonly tag: string;
  private readonly variants: ReadonlyMap<unknown, Shape<T>>;

  constructor(what: string, tag: string, variants: ReadonlyMap<unknown, Shape<T>>) {
    this.what = what;
    this.tag = tag;
    this.variants = variants;
  }

  read(found: unknown, path: string): T {
    if (typeof found !== 'object' || found === null || Array.isArray(found))
      throw new ScenarioProblem(path, `is ${shown(found)}; it should be an object.`);
    const word = (found as Readonly<Record<string, unknown>>)[this.tag];
    const variant = this.variants.get(word);
    if (variant !== undefined) return variant.read(found, path);
    const place = path === '' ? this.tag : `${path}.${this.tag}`;
    if (word === undefined) throw new ScenarioProblem(place, 'is missing. Add it.');
    const known = `This safekeeper knows ${listed([...this.variants.keys()].map(String))}.`;
    const advice = 'Correct it, or use the safekeeper that wrote this file.';
    throw new ScenarioProblem(place, `is ${shown(word)}: no such ${this.what}. ${known} ${advice}`);
  }

  simplify(value: T, attempt: Attempt<T>): T {
    const variant = this.variants.get((value as Readonly<Record<string, unknown>>)[this.tag]);
    return variant === undefined ? value : variant.simplify(value, attempt);
  }

  arbitrary(words: readonly string[] = [...this.variants.keys()].map(String)): Arbitrary<T> {
    const chosen = [...this.variants].filter(([word]) => words.includes(String(word)));
    return fc.oneof(...chosen.map(([, shape]) => shape.arbitrary()));
  }
}
