import ts from 'typescript';
import {
  ALLOWED_GLOBALS,
  ALLOWED_IN_SIM,
  ALLOWED_MATH,
  ASYNCHRONOUS_TYPES,
  FORBIDDEN_MEMBERS,
} from './allowed_globals.ts';
import { isInTypePosition, memberNamed, valueOrigin } from './names.ts';

export type PureRoom = 'engine' | 'sim';

/** What is wrong with this one node, not with those inside it; null when nothing is. */
export function impurityAt(node: ts.Node, room: PureRoom, program: ts.Program): string | null {
  if (ts.isIdentifier(node)) return impurityOfName(node, room, program) ?? impurityOfMember(node, program);
  if (ts.isElementAccessExpression(node)) return impurityOfElement(node);
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return 'import.meta is forbidden';
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return 'import() is forbidden';
  return room === 'engine' && isAsynchronous(node) ? 'async and await are forbidden: the engine is synchronous' : null;
}

function isAsynchronous(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword) return true;
  return ts.isForOfStatement(node) && node.awaitModifier !== undefined;
}

function impurityOfName(name: ts.Identifier, room: PureRoom, program: ts.Program): string | null {
  const origin = valueOrigin(name, program);
  if (origin === 'own' || origin === 'not a use') return null;
  const inType = isInTypePosition(name);
  if (origin === 'declared') return inType ? null : `${name.text} is declared, not defined: it must come from outside`;
  if (name.text === 'Math' && !inType) return impurityOfMath(name);
  if (ALLOWED_GLOBALS.has(name.text) || (room === 'sim' && ALLOWED_IN_SIM.has(name.text))) return null;
  if (origin === 'library type') {
    return room === 'engine' && ASYNCHRONOUS_TYPES.has(name.text) ? `${name.text} is forbidden` : null;
  }
  return `${name.text} is not one of the allowed globals`;
}

function impurityOfMath(name: ts.Identifier): string | null {
  const access = name.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== name) return 'Math is used only as Math.member';
  return ALLOWED_MATH.has(access.name.text) ? null : `Math.${access.name.text} is random or differs between machines`;
}

function impurityOfMember(name: ts.Identifier, program: ts.Program): string | null {
  const member = memberNamed(name, program);
  if (member === null || !FORBIDDEN_MEMBERS.has(member.name) || !member.fromLibrary) return null;
  return `.${member.name} differs between machines`;
}

function impurityOfElement(node: ts.ElementAccessExpression): string | null {
  const key = node.argumentExpression;
  if (!ts.isStringLiteralLike(key) || !FORBIDDEN_MEMBERS.has(key.text)) return null;
  return `['${key.text}'] differs between machines`;
}
