/** MariaDB writes six digits, and more when they no longer suffice. */
const DIGITS = 6;
const NUMBERED = /^(?<base>.+)\.(?<digits>\d{6,10})$/;

export interface NumberedName {
  /** `mariadb-bin`. */
  readonly base: string;
  /** 123. */
  readonly number: number;
}

/** `mariadb-bin.000123` in its parts; undefined when a name is not of that form. */
export function parseFileName(name: string): NumberedName | undefined {
  const groups = NUMBERED.exec(name)?.groups;
  const base = groups?.['base'];
  const number = Number(groups?.['digits']);
  return base === undefined || !Number.isInteger(number) || number === 0 || number > 0xffff_ffff
    ? undefined
    : { base, number };
}

/** `mariadb-bin.000123`. */
export function fileName(base: string, number: number): string {
  return `${base}.${String(number).padStart(DIGITS, '0')}`;
}
